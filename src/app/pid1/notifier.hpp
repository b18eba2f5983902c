// SPDX-License-Identifier: Apache-2.0
// Tells somebody outside of the machine how it is, in the words of sd_notify(3).
//
// What could not be told yet is kept by name, the newest value of each: it cannot grow, whoever does not listen. Where
// nobody listens yet, it is tried again for some minutes after the latest news, and once more at the end.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/errands.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/machine/notify_address.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/machine/notify_socket.hpp"

namespace nlinit::app {

class Notifier {
  public:
    using Variable = std::pair<std::string_view, std::string>;

    // errands: for a socket with a path, whose disk may not answer.
    Notifier(sys::EventLoop& loop, Errands& errands, NotifyAddress address);
    ~Notifier();
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    // One message with these variables and what is still to be told. A line break in a value becomes a space; a
    // variable with an empty one is left out.
    void tell(std::initializer_list<Variable> variables);
    // For the end of the machine: waits a moment for what is on its way, but for an errand.
    void finish();

    [[nodiscard]] const NotifyAddress& address() const noexcept { return socket_.address(); }

  private:
    using Words = std::vector<std::pair<std::string, std::string>>;  // names and values
    // The last one, which is not repeated, and how often it came in a row.
    struct Complaint {
        std::string sentence;
        unsigned times = 0;
    };
    static void keep(Words& words, std::string_view name, const std::string& value);
    void flush();
    void flush_by_child(const std::string& message);
    void on_told(const Result<std::string>& answer, bool is_retry);
    void try_again();
    void not_told(const Error& error);
    void unwatch() noexcept;

    sys::EventLoop& loop_;
    sys::NotifySocket socket_;
    Errands& errands_;
    Words untold_, being_told_;                                   // the latter by an errand
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // an errand may end after this
    std::vector<Words> to_come_;                                  // after that, a message each
    bool is_last_ = false;                                        // no message follows
    int watched_ = -1;
    sys::EventLoop::TimerId retry_timer_;
    unsigned retries_ = 0;   // since the latest news
    bool is_retry_ = false;  // whose complaint is the one before it
    Complaint complaint_;
};

}  // namespace nlinit::app
