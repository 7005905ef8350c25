/* How long until a produce wakes a fetch that is parked on another connection, and how long a small
 * request takes: blocking sockets in one thread, so that next to nothing of it is the client's own.
 *
 *   wake fetch PORT COUNT OFFSET_AT    with a Fetch and a Produce on standard input
 *   wake ask PORT COUNT INTERVAL_US    with any request on standard input
 *
 * Requests are lines of hexadecimal digits; each figure is a line, in microseconds. OFFSET_AT is
 * where the fetch offset lies in its frame: it counts up by one a turn. To ask ends early when
 * standard input does. */
#include <arpa/inet.h>
#include <endian.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static unsigned char answer[4 << 20];

static void check(int good, const char *what) {
        if (good)
                return;
        perror(what);
        exit(1);
}

static double now_us(void) {
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int dial(int port) {
        int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
        struct timeval patience = {10, 0};
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        check(connect(fd, (struct sockaddr *)&to, sizeof to) == 0, "connect");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        return fd;
}

struct frame {
        unsigned char *bytes;
        size_t size;
};

static struct frame read_frame(void) {
        struct frame frame = {malloc(1 << 20), 0};
        int byte;
        while ((byte = getchar()) != '\n') {
                ungetc(byte, stdin);
                check(scanf("%2hhx", &frame.bytes[frame.size++]) == 1, "frame");
        }
        return frame;
}

static void ask(int fd, struct frame frame) {
        check(write(fd, frame.bytes, frame.size) == (ssize_t)frame.size, "write");
}

static void receive(int fd, size_t size, size_t at) {
        while (size > 0) {
                ssize_t got = read(fd, answer + at, size);
                check(got > 0, "read");
                at += got;
                size -= got;
        }
}

/* Reads one answer and returns its size. */
static size_t read_answer(int fd) {
        uint32_t size;
        receive(fd, 4, 0);
        memcpy(&size, answer, 4);
        size = ntohl(size);
        check(size <= sizeof answer - 4, "size");
        receive(fd, size, 4);
        return size;
}

static void wake_fetch(int port, int count, struct frame fetch, int offset_at, struct frame produce) {
        int producer = dial(port), consumer = dial(port);
        for (int offset = 0; offset < count; offset++) {
                uint64_t big = htobe64(offset);
                memcpy(fetch.bytes + offset_at, &big, 8);
                ask(consumer, fetch);
                usleep(1000); /* it is parked by now */
                double begin = now_us();
                ask(producer, produce);
                /* An empty answer is only the size of its head: the fetch goes again. */
                while (read_answer(consumer) < produce.size / 2)
                        ask(consumer, fetch);
                printf("%.1f\n", now_us() - begin);
                read_answer(producer);
        }
}

static int stopped(void) {
        struct pollfd input = {STDIN_FILENO, POLLIN, 0};
        return poll(&input, 1, 0) != 0;
}

static void ask_often(int port, int count, struct frame request, int interval_us) {
        int fd = dial(port);
        for (int i = 0; i < count && !stopped(); i++) {
                double begin = now_us();
                ask(fd, request);
                read_answer(fd);
                double took = now_us() - begin;
                printf("%.1f\n", took);
                if (took < interval_us)
                        usleep(interval_us - took);
        }
}

int main(int argc, char **argv) {
        check(argc == 5, "arguments");
        int port = atoi(argv[2]), count = atoi(argv[3]), last = atoi(argv[4]);
        struct frame frame = read_frame();
        if (strcmp(argv[1], "fetch") == 0)
                wake_fetch(port, count, frame, last, read_frame());
        else
                ask_often(port, count, frame, last);
        return 0;
}
