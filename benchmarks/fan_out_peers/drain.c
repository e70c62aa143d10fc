/*
 * The receiving side: many WebSocket clients that read and throw away, in one epoll loop.
 *
 * Law: usage `drain PORT COUNT HELLO`; COUNT request paths come on stdin, one a line. Every connection makes a handshake and sends
 * HELLO (hex, one masked frame; "-" for nothing). It prints "ready", then for every line "N" on stdin waits until every connection has
 * got N bytes more and prints "done". Its processor time is nobody's cost.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[1 << 18];
static long long *got;

static int open_client(int port, const char *path, const unsigned char *hello, int length) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, used = 0;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) { perror("connect"); exit(1); }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    int size = snprintf(buffer, sizeof buffer,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Protocol: townsquare.v1.msgpack\r\n\r\n", path, port);
    if (write(fd, buffer, (size_t)size) != size) { perror("write"); exit(1); }
    do { /* the reply's head; what follows it is drained with the rest */
        ssize_t n = read(fd, buffer + used, 1);
        if (n <= 0) { fprintf(stderr, "the handshake of %s ended early\n", path); exit(1); }
        used++;
    } while (used < 4 || memcmp(buffer + used - 4, "\r\n\r\n", 4));
    if (memcmp(buffer, "HTTP/1.1 101", 12)) { fprintf(stderr, "%.*s", used, buffer); exit(1); }
    if (length > 0) {
        unsigned char frame[64] = {0x82, (unsigned char)(0x80 | length)}; /* a mask of zeros changes nothing */
        memcpy(frame + 6, hello, (size_t)length);
        if (write(fd, frame, (size_t)(6 + length)) < 0) { perror("hello"); exit(1); }
    }
    return fd;
}

int main(int argc, char **argv) {
    if (argc != 4) { fprintf(stderr, "usage: drain PORT COUNT HELLO\n"); return 2; }
    int port = atoi(argv[1]), count = atoi(argv[2]), length = 0, queue = epoll_create1(0);
    unsigned char hello[32];
    if (argv[3][0] != '-')
        for (const char *at = argv[3]; at[0] && at[1] && length < 32; at += 2) {
            unsigned value;
            if (sscanf(at, "%2x", &value) != 1) return 2;
            hello[length++] = (unsigned char)value;
        }
    got = calloc((size_t)count, sizeof *got);
    for (int i = 0; i < count; i++) {
        char path[512];
        if (!fgets(path, sizeof path, stdin)) { fprintf(stderr, "a path is missing\n"); return 2; }
        path[strcspn(path, "\n")] = 0;
        struct epoll_event event = {.events = EPOLLIN, .data.u64 = (unsigned)i};
        int fd = open_client(port, path, hello, length);
        event.data.u64 |= (unsigned long long)fd << 32;
        epoll_ctl(queue, EPOLL_CTL_ADD, fd, &event);
    }
    puts("ready");
    fflush(stdout);
    struct epoll_event in = {.events = EPOLLIN, .data.u64 = ~0ull}, events[256];
    epoll_ctl(queue, EPOLL_CTL_ADD, 0, &in);
    long long wanted = -1;
    int behind = 0;
    for (;;) {
        int n = epoll_wait(queue, events, 256, -1);
        for (int e = 0; e < n; e++) {
            if (events[e].data.u64 == ~0ull) {
                char line[64];
                ssize_t r = read(0, line, sizeof line - 1);
                if (r <= 0) return 0;
                line[r] = 0;
                if (line[0] == 'z') { /* what came before does not count */
                    memset(got, 0, (size_t)count * sizeof *got);
                    puts("zero");
                    fflush(stdout);
                    continue;
                }
                wanted = atoll(line);
                behind = 0;
                for (int i = 0; i < count; i++) behind += got[i] < wanted;
            } else {
                int i = (int)(events[e].data.u64 & 0xffffffffu), fd = (int)(events[e].data.u64 >> 32);
                ssize_t r = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
                if (r == 0) { fprintf(stderr, "connection %d was closed\n", i); return 1; }
                if (r > 0) {
                    behind -= wanted >= 0 && got[i] < wanted && got[i] + r >= wanted;
                    got[i] += r;
                }
            }
        }
        if (wanted >= 0 && behind == 0) {
            memset(got, 0, (size_t)count * sizeof *got);
            wanted = -1;
            puts("done");
            fflush(stdout);
        }
    }
}
