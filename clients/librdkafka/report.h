/* How a check is reported: one line of JSON for each. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#define SAID_SIZE 1024
#define WAIT_MS 60000

/* Leaves in `said` what it has seen; false, and why, if it failed. */
typedef bool check_fn(char *said, const void *argument);

void check(const char *name, check_fn *body, const void *argument);
/* What the client does not have. */
void lacks(const char *name, const char *why);

int failures(void);

#define SAY(said, ...) snprintf(said, SAID_SIZE, __VA_ARGS__)
#define EXPECT(condition, said, ...) \
    do { \
        if (!(condition)) { \
            SAY(said, __VA_ARGS__); \
            return false; \
        } \
    } while (0)

/* Asks until it is so, or WAIT_MS long: each broker learns of a change on its own. */
#define EVENTUALLY(condition, said, ...) \
    do { \
        int tries = WAIT_MS / 50; \
        while (!(condition) && --tries > 0) usleep(50 * 1000); \
        EXPECT(tries > 0, said, __VA_ARGS__); \
    } while (0)
