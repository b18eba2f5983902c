// SPDX-License-Identifier: Apache-2.0
#include "support/send_queue.hpp"

#include <linux/pkt_sched.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/fifo.h>
#include <netlink/route/tc.h>

#include <memory>

#include "support/libnl.hpp"

namespace nlinit::test {

namespace {

using Socket = std::unique_ptr<nl_sock, NlDeleter<nl_socket_free>>;
using Queue = std::unique_ptr<rtnl_qdisc, NlDeleter<rtnl_qdisc_put>>;

Socket open_socket() {
    Socket socket(nl_socket_alloc());
    require_netlink(nl_connect(socket.get(), NETLINK_ROUTE), "open a netlink socket");
    return socket;
}

rtnl_tc* as_tc(const Queue& queue) {
    return reinterpret_cast<rtnl_tc*>(queue.get());
}

Queue root_queue_of(const std::string& link) {
    Queue queue(rtnl_qdisc_alloc());
    rtnl_tc_set_ifindex(as_tc(queue), static_cast<int>(::if_nametoindex(link.c_str())));
    rtnl_tc_set_parent(as_tc(queue), TC_H_ROOT);
    require_netlink(rtnl_tc_set_kind(as_tc(queue), "pfifo"), "make a queue");
    return queue;
}

}  // namespace

void refuse_to_send(const std::string& link, const NetworkNamespace& ns) {
    const auto inside = ns.enter();
    const auto queue = root_queue_of(link);
    require_netlink(rtnl_qdisc_fifo_set_limit(queue.get(), 0), "make a queue of no length");
    require_netlink(rtnl_qdisc_add(open_socket().get(), queue.get(), NLM_F_CREATE | NLM_F_REPLACE), "queue on " + link);
}

void send_again(const std::string& link, const NetworkNamespace& ns) {
    const auto inside = ns.enter();
    require_netlink(rtnl_qdisc_delete(open_socket().get(), root_queue_of(link).get()), "no queue on " + link);
}

}  // namespace nlinit::test
