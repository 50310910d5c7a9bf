/* Makes every sync of a disk take 5 ms longer, as the disks of a data centre do.
 * Preloaded (LD_PRELOAD) into the program that is measured. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_5_ms(void) {
    struct timespec time = {0, 5 * 1000 * 1000};
    nanosleep(&time, 0);
}

int fsync(int file) {
    static int (*next)(int);
    if (!next) next = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_5_ms();
    return next(file);
}

int fdatasync(int file) {
    static int (*next)(int);
    if (!next) next = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_5_ms();
    return next(file);
}
