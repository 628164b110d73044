// What the actions of ami_link do that takes more than a line: the actions that are sent, back-off, what is said when the
// PBX refuses. Used by link_table.h only.
#pragma once

#include <string_view>

#include "engine/ami/link.h"

namespace offhook::ami::link {

/// CoreSettings and CoreStatus: which Asterisk this is, and since when its process runs.
void ask_identity(LinkContext& context, LinkOut& out);
/// `Filter`, one for each noisy event of the classes that are asked for.
void ask_filters(LinkContext& context, LinkOut& out);
void ask_events(LinkContext& context, LinkOut& out);
void ask_next_list(LinkContext& context, const Event& event, LinkOut& out);
void send_ping(LinkContext& context, const Event& event, LinkOut& out);

/// FullyBooted: `event.text` is its Uptime in seconds. Another process than the last time is told.
void judge_boot(LinkContext& context, const Event& event, LinkOut& out);
/// CoreStatus: `started` is a date and time in the PBX's own zone, good only to be compared.
void judge_start(LinkContext& context, std::string_view started, LinkOut& out);

/// 1, 2, 4 … 30 s, each ± 25 %.
double back_off(LinkContext& context);
/// Forgets what belonged to the connection, and waits.
void retry_in(LinkContext& context, const Event& event, double delay_ms);
void refuse(LinkContext& context, LinkReason reason, std::string_view said, LinkOut& out);

}  // namespace offhook::ami::link
