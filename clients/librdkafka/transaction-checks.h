/* The checks of transactions. */
#pragma once

/* One story after the other of the same topic and the same two readers. */
void check_transactions(void);

/* Consume, transform, produce. */
void check_pipeline(void);
