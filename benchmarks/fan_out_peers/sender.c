/*
 * The least that a sender can do: accept, answer every handshake with the same reply, and write one frame to everybody, in C.
 *
 * Law: usage `sender BYTES`; prints "port N"; for every line "K" on stdin writes K frames of BYTES bytes to every connection and prints the
 * processor seconds that took. Who does not keep up is skipped, as with all the others.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char reply[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

int main(int argc, char **argv) {
    int bytes = argc == 2 ? atoi(argv[1]) : 0, clients[8192], count = 0, queue = epoll_create1(0);
    if (bytes < 4 || bytes > 65535 + 4) { fprintf(stderr, "usage: sender BYTES\n"); return 2; }
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) { perror("listen"); return 1; }
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);
    unsigned char *frame = malloc((size_t)bytes);
    memset(frame, 7, (size_t)bytes);
    frame[0] = 0x82, frame[1] = 126, frame[2] = (unsigned char)((bytes - 4) >> 8), frame[3] = (unsigned char)(bytes - 4);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[64];
    epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event);
    event.data.fd = 0;
    epoll_ctl(queue, EPOLL_CTL_ADD, 0, &event);
    for (;;) {
        int n = epoll_wait(queue, events, 64, -1);
        for (int e = 0; e < n; e++) {
            char in[4096];
            int fd = events[e].data.fd;
            if (fd == listener) {
                int client = accept(listener, 0, 0);
                setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                event.data.fd = client;
                epoll_ctl(queue, EPOLL_CTL_ADD, client, &event);
                if (count < 8192) clients[count++] = client;
                continue;
            }
            ssize_t r = read(fd, in, sizeof in - 1);
            if (r <= 0) return 0;
            if (fd != 0) {
                if (write(fd, reply, sizeof reply - 1) < 0) return 1;
                continue;
            }
            in[r] = 0;
            clock_t begun = clock();
            for (int turn = atoi(in); turn > 0; turn--)
                for (int i = 0; i < count; i++)
                    if (send(clients[i], frame, (size_t)bytes, MSG_DONTWAIT | MSG_NOSIGNAL) != bytes && errno != EAGAIN) return 1;
            printf("%.6f\n", (double)(clock() - begun) / CLOCKS_PER_SEC);
            fflush(stdout);
        }
    }
}
