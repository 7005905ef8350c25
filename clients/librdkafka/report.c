#include "report.h"

#include <time.h>

static int failed = 0;

int failures(void) { return failed; }

static long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void print_escaped(const char *text) {
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') putchar('\\');
        putchar((unsigned char)*text < ' ' ? ' ' : *text);
    }
}

void lacks(const char *name, const char *why) {
    printf("{\"lacks\":\"%s\",\"why\":\"%s\"}\n", name, why);
    fflush(stdout);
}

void check(const char *name, check_fn *body, const void *argument) {
    char said[SAID_SIZE] = "";
    long started = now_ms();
    bool ok = body(said, argument);
    if (!ok) failed++;
    printf("{\"check\":\"%s\",\"ok\":%s,\"ms\":%ld,\"%s\":\"", name, ok ? "true" : "false",
           now_ms() - started, ok ? "detail" : "error");
    print_escaped(said);
    printf("\"}\n");
    fflush(stdout);
}
