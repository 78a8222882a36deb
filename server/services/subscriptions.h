// Subscriptions as the store keeps them: matters of an agency with itself.
#ifndef EHC_SERVER_SERVICES_SUBSCRIPTIONS_H_
#define EHC_SERVER_SERVICES_SUBSCRIPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ehc/hub/v1/subscription_service.pb.h"
#include "ehc/store/v1/subscription.pb.h"
#include "server/services/common.h"

namespace ehc {

inline constexpr char kSubscriptionKind[] = "SUBSCRIPTION";
inline constexpr int kMostSubscriptions = 50;  // of one agency

struct StoredSubscription {
  Matter matter;
  store::v1::SubscriptionBody body;
};

MatterId OpenSubscriptionName(const SubjectNames& names, absl::string_view name);
std::string SubscriptionName(const SubjectNames& names, MatterId id);

// RESOURCE_NOT_FOUND, alike for one that never was, is ended, or is another agency's.
absl::StatusOr<StoredSubscription> FindSubscription(ReadView& view, MatterId id,
                                                    const AgencyId& agency);
// Those that have not ended, oldest first.
absl::StatusOr<std::vector<StoredSubscription>> ListSubscriptionsOf(ReadView& view,
                                                                    const AgencyId& agency,
                                                                    MatterId after, int limit);
PutMatter PutSubscription(const StoredSubscription& subscription);

hub::v1::Subscription ShowSubscription(const SubjectNames& names,
                                       const StoredSubscription& subscription);

// A cursor is an index of the log, sealed for one agency; nullopt: not one of its own.
std::string SealCursor(const SubjectNames& names, const AgencyId& agency, int64_t index);
std::optional<int64_t> OpenCursor(const SubjectNames& names, const AgencyId& agency,
                                  absl::string_view cursor);

// The question whether a subscriber may be told that a record has changed.
Ask NoticeAsk(const store::v1::SubscriptionBody& body, const std::string& record_type,
              const AgencyId& custodian, SubjectRef subject);

// OK where the caller may be told of some child, or a no would depend on the child, or may follow
// one of the matters; else the refusal. Looks at no child and no matter. REQUIRES: at least one
// record type or matter.
absl::Status CheckCouldBeTold(const Rooms& rooms, const CaseFile& file, ReadView& view,
                              const store::v1::SubscriptionBody& body);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_SUBSCRIPTIONS_H_
