// SPDX-License-Identifier: Apache-2.0
// Makes system calls of a process fail, by ptrace(2): the tracer is a process of its own, so that a test's event loop
// and its children stay what they are.
//
//     const Tracer tracer(pid, {.call = SYS_openat, .nth = 3, .code = EMFILE}, "record");
//     ... the process runs on, and calls execve(2), with which the counting begins ...
//
// A call that is to fail is not made. But close(2) is, for it frees its descriptor whatever it says, and brk(2) moves
// nothing and gives the old break, which is how it fails. Children of the process
// count by themselves, until their own execve(2) has succeeded: then they are somebody else.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace nlinit::faults {

struct Fault {
    long call = -1;      // its number; -1: all are let through, and recorded
    unsigned nth = 0;    // from 1 on, of that call; 0: each
    int code = 0;        // errno; 0: the process is killed instead
    unsigned child = 0;  // the how manieth child, before it is the payload; 0: PID 1 itself
};

// A call that was made.
struct Place {
    long call = -1;
    unsigned nth = 0;
    unsigned child = 0;
    bool in_main = false;      // not of the C library's start
    bool has_payload = false;  // a child has become the payload
    std::string argument;      // the path, or what the descriptor is open for
};

class Tracer {
  public:
    // Returns when the process is traced. `record` is the path of a file for what happens.
    Tracer(pid_t process, const Fault& fault, const std::string& record);
    ~Tracer();  // after the end of the process
    Tracer(const Tracer&) = delete;
    Tracer& operator=(const Tracer&) = delete;

  private:
    pid_t pid_ = 0;
};

struct Record {
    bool hit = false;
    std::string hit_at;         // what the failed call was about, as in Place: with other packets at other times, the
                                // nth call may be another than when all were recorded
    std::vector<Place> places;  // when all calls were let through
};
[[nodiscard]] Record read_record(const std::string& path);

}  // namespace nlinit::faults
