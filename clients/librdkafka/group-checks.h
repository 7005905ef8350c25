/* The checks of groups, beside all others. */
#pragma once

/* Starts them, before this process has any client. */
void begin_groups(void);

/* Waits for them; how many have failed. */
int end_groups(void);
