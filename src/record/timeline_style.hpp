// SPDX-License-Identifier: Apache-2.0
// Measures and colours of the timeline.
#pragma once

#include <cstdint>

namespace nlinit::record {

// Everything is in tenths of a pixel, so that coordinates are whole numbers.
inline constexpr std::int64_t kWidth = 11200, kMargin = 240;
inline constexpr std::int64_t kLabelEnd = 1500, kTookEnd = 2260;  // right edges of the columns of text
inline constexpr std::int64_t kKernelStart = 2360;                // of the kernel's block, which is on no scale
inline constexpr std::int64_t kScaleStart = 2960, kScaleEnd = kWidth - kMargin;
inline constexpr std::int64_t kTop = 1560;  // of the first lane
inline constexpr std::int64_t kRow = 260, kBar = 160;
inline constexpr std::int64_t kLine = 160;  // from one line of text to the next
inline constexpr std::int64_t kGap = 80;    // between a bar and what is said of it

// The outline of a text keeps lines behind it away.
inline constexpr const char* kStyle = R"(<style>
text { font: 120px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #24292f;
  stroke: #ffffff; stroke-width: 40; stroke-linejoin: round; paint-order: stroke }
.title { font-size: 180px; font-weight: 600 } .lane { font-weight: 600; text-anchor: end } .end { text-anchor: end }
.mid { text-anchor: middle } text.soft { fill: #57606a } text.bad { fill: #cf222e }
text.on { fill: #ffffff; stroke: none } .page { fill: #ffffff } .grid { stroke: #d8dee4; stroke-width: 8 }
.now { stroke-width: 14; stroke-dasharray: 40 30; fill: none } .net { stroke: #2da44e } .run { stroke: #8250df }
.kernel { fill: #6e7781 } .phase { fill: #c8dcf5 } .step { fill: #2f6fc4 } .skipped { fill: #afb8c1 }
.failed { fill: #cf222e } .nolink { fill: #d0d7de } .dhcp { fill: #e0a100 } .band { fill: #e0a100; opacity: .16 }
.ready { fill: #1f883d } .payload { fill: #8250df }
.out { fill: #9a6700; stroke: #9a6700 } .in { fill: #1a7f37; stroke: #1a7f37 } .arrow { stroke-width: 14 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; stroke: #0d1117 } text.soft { fill: #9198a1 } text.bad { fill: #ff7b72 }
.page { fill: #0d1117 } .grid { stroke: #2a313a } .phase { fill: #1f3a5f } .step { fill: #4184e4 }
.skipped { fill: #656c76 } .nolink { fill: #3d444d } .ready { fill: #2ea043 } .payload { fill: #8957e5 }
.out { fill: #e3b341; stroke: #e3b341 } .in { fill: #56d364; stroke: #56d364 } }
</style>)";

}  // namespace nlinit::record
