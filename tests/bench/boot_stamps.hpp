// SPDX-License-Identifier: Apache-2.0
// Moments of a boot, on the guest's own clock since power-on, kept in files of the initramfs.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>

inline constexpr const char* kStartStamp = "/.start";
inline constexpr const char* kNetworkStamp = "/.network";

inline std::int64_t microseconds_since_boot() {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

inline void leave_stamp(const char* path) {
    const std::int64_t now = microseconds_since_boot();
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    static_cast<void>(!write(fd, &now, sizeof now));
    close(fd);
}

// 0: nobody has left it.
inline std::int64_t read_stamp(const char* path) {
    std::int64_t then = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    static_cast<void>(!read(fd, &then, sizeof then));
    close(fd);
    return then;
}
