#ifndef EHC_CLIENT_SDK_CLI_IMPORT_RUN_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_RUN_H_

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "client-sdk/cli/import_posts.h"

namespace ehchub {

// The children that may be published at all. Settles the rows of the others: withheld where a
// person's identity was severed. None where the guard holds everything.
std::vector<Row*> PublishableChildren(Extract& extract, const ImportGuard& guard);

// Calls `publish` for every child that has something to publish, from `threads` threads; a child's
// posts are made when their turn comes. `advance` is called after each child, from one thread at a
// time. Stops soon after the first error and returns it.
absl::Status ForEachChild(const std::vector<Row*>& children, const PostMaker& maker, int threads,
                          const std::function<absl::Status(const ChildPosts&)>& publish,
                          const std::function<void()>& advance);

// Every post counts as published: what a run would do to an empty hub.
void SettleAsPublished(const ChildPosts& posts);

// Rows that nothing was made of because another custodian publishes them.
void SettleElsewhere(Extract& extract, const ImportGuard& guard, const Importer& importer);

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_RUN_H_
