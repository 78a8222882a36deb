#ifndef EHCHUB_PAGES_H_
#define EHCHUB_PAGES_H_

#include "absl/status/status.h"

namespace ehchub {

// Calls `list` for page after page and hands each response to `take`, until the last page or the
// first error:
//
//   ForEachPage(request, [&](const auto& r) { return client.ListConsents(r); },
//               [&](const v1::ListConsentsResponse& page) { … return absl::OkStatus(); });
template <typename Request, typename List, typename Take>
absl::Status ForEachPage(Request request, List list, Take take) {
  do {
    auto page = list(request);
    if (!page.ok()) return page.status();
    const absl::Status taken = take(*page);
    if (!taken.ok()) return taken;
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

}  // namespace ehchub

#endif  // EHCHUB_PAGES_H_
