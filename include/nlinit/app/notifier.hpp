// Tells somebody outside of the machine how it is, in the words of sd_notify(3).
//
// What could not be told yet is kept by name, the newest value of each: it cannot grow, whoever does not listen. Where
// nobody listens yet, it is tried again for some minutes after the latest news, and once more at the end.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nlinit/config/config.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/notify_socket.hpp"

namespace nlinit::app {

class Notifier {
  public:
    using Variable = std::pair<std::string_view, std::string>;

    Notifier(sys::EventLoop& loop, config::NotifyAddress address);
    ~Notifier();
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    // One message with these variables and what is still to be told. A line break in a value becomes a space; a
    // variable with an empty one is left out.
    void tell(std::initializer_list<Variable> variables);
    // For the end of the machine: waits a moment for what is on its way.
    void finish();

    [[nodiscard]] const config::NotifyAddress& address() const noexcept { return socket_.address(); }

  private:
    void keep(std::string_view name, std::string value);
    void flush();
    void try_again();
    void not_told(const Error& error);
    void unwatch() noexcept;

    sys::EventLoop& loop_;
    sys::NotifySocket socket_;
    std::vector<std::pair<std::string, std::string>> untold_;
    int watched_ = -1;
    sys::EventLoop::TimerId retry_timer_;
    unsigned retries_ = 0;     // since the latest news
    bool is_retry_ = false;    // whose complaint is the one before it
    std::string complaint_;    // the last one, which is not repeated
    unsigned complaints_ = 0;  // so often in a row
};

}  // namespace nlinit::app
