// A few system calls that may never return, made by a thread of their own while the caller's loop turns.
#pragma once

#include <array>
#include <initializer_list>
#include <memory>

#include "nlinit/base/result.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

struct KernelCall {
    long number = 0;  // SYS_* of syscall(2)
    std::array<long, 5> arguments{};
};
inline constexpr long kFirstResult = -0x1000'0000;  // as an argument: what the first call gave, a descriptor

class BackgroundCalls {
  public:
    // What the calls point to. It lives as long as the thread may use it.
    struct Memory {
        Memory() = default;
        Memory(const Memory&) = delete;
        Memory& operator=(const Memory&) = delete;
        virtual ~Memory() = default;
    };
    static constexpr std::size_t kMaxCalls = 4;

    // The calls in turn, up to the first that fails. Calls that do not end keep their thread and its memory, whatever
    // becomes of this object.
    [[nodiscard]] static Result<BackgroundCalls> start(std::unique_ptr<Memory> memory,
                                                       std::initializer_list<KernelCall> calls);
    BackgroundCalls(BackgroundCalls&& other) noexcept;
    BackgroundCalls& operator=(BackgroundCalls&&) = delete;
    ~BackgroundCalls();

    [[nodiscard]] int fd() const noexcept { return done_.get(); }  // readable when it is done
    [[nodiscard]] bool done() const noexcept;
    // Once it is done: what the call gave, or an errno with a minus; -ECANCELED if it was not made.
    [[nodiscard]] long result(std::size_t call) const noexcept;

  private:
    struct Task;
    BackgroundCalls(Task* task, UniqueFd done) noexcept : task_(task), done_(std::move(done)) {}

    Task* task_;
    UniqueFd done_;
};

template <class Pointer>
[[nodiscard]] long address_of(Pointer* pointer) noexcept {
    return reinterpret_cast<long>(pointer);
}

}  // namespace nlinit::sys
