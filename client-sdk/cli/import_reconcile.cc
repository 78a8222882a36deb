#include "client-sdk/cli/import_reconcile.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "server/model/date.h"

namespace ehchub {
namespace {

// What it says, apart from its name and how long it lasts.
template <typename Message>
std::string Core(Message message) {
  message.clear_name();
  message.clear_etag();
  message.clear_valid_to();
  return message.SerializeAsString();
}

std::string KeyOf(const v1::Relationship& relationship) {
  v1::Relationship key;
  key.set_kind(relationship.kind());
  key.set_valid_from(relationship.valid_from());
  if (relationship.has_agency()) key.set_agency(relationship.agency());
  if (relationship.has_person_reference()) {
    key.set_person_reference(relationship.person_reference());
  }
  return key.SerializeAsString();
}

template <typename Message>
bool IsOpen(const Message& message, absl::string_view as_at) {
  return message.valid_to().empty() || message.valid_to() >= as_at;
}

std::string DayBefore(absl::string_view as_at) {
  return ehc::FormatDate(*ehc::ParseIsoDate(as_at) - 1);
}

class Relationships {
 public:
  Relationships(const std::vector<RelationshipPost>& wanted,
                const std::vector<v1::Relationship>& held, absl::string_view as_at)
      : held_(held), as_at_(as_at) {
    for (const RelationshipPost& post : wanted) {
      if (!post.over) wanted_.insert(Core(post.message));
    }
  }

  Step For(const RelationshipPost& post) const {
    return post.over ? EndOf(post.message) : StartOf(post.message);
  }

 private:
  Step EndOf(const v1::Relationship& over) const {
    Step step;
    for (const v1::Relationship& held : held_) {
      const bool lasts = held.valid_to().empty() || held.valid_to() > over.valid_to();
      if (lasts && KeyOf(held) == KeyOf(over) && !wanted_.contains(Core(held))) {
        step.end.push_back(held);
      }
    }
    step.last_day = over.valid_to();
    return step;
  }

  Step StartOf(const v1::Relationship& wanted) const {
    Step step;
    bool open = false;
    for (const v1::Relationship& held : held_) {
      const bool same = Core(held) == Core(wanted);
      const bool lasts = IsOpen(held, as_at_);
      open = open || (same && lasts);
      if (same && !lasts) ++step.round;
      const bool replaced = !same && lasts && KeyOf(held) == KeyOf(wanted);
      if (replaced && !wanted_.contains(Core(held))) step.end.push_back(held);
    }
    step.create = !open && (step.round == 0 || !step.end.empty());
    step.last_day = std::max(DayBefore(as_at_), wanted.valid_from());
    return step;
  }

  const std::vector<v1::Relationship>& held_;
  const absl::string_view as_at_;
  absl::flat_hash_set<std::string> wanted_;
};

}  // namespace

std::vector<Step> ReconcileRelationships(const std::vector<RelationshipPost>& wanted,
                                         const std::vector<v1::Relationship>& held,
                                         absl::string_view as_at) {
  const Relationships relationships(wanted, held, as_at);
  std::vector<Step> steps;
  for (const RelationshipPost& post : wanted) steps.push_back(relationships.For(post));
  return steps;
}

std::vector<Step> ReconcileProtections(const std::vector<Post<v1::Protection>>& wanted,
                                       const std::vector<v1::Protection>& held,
                                       absl::string_view as_at) {
  std::vector<Step> steps;
  for (const Post<v1::Protection>& post : wanted) {
    Step step;
    step.create = true;
    for (const v1::Protection& protection : held) {
      if (Core(protection) != Core(post.message)) continue;
      if (IsOpen(protection, as_at)) step.create = false;
      ++step.round;
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace ehchub
