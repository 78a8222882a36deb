// Joined and severed numbers: what the tables say and what the sealed dossiers say of each other.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/check_parts.h"

namespace ehc {

void IdentityCheck::Note(int64_t subject, const store::v1::Dossier& dossier) {
  seen_.insert(subject);
  Identity identity;
  identity.joined_into = dossier.joined_into();
  for (const store::v1::JoinedSubject& one : dossier.joined())
    identity.joined.insert(one.subject());
  identity.severed = dossier.severed();
  if (identity.joined_into == 0 && identity.joined.empty() && !identity.severed) return;
  identities_[subject] = std::move(identity);
}

int64_t IdentityCheck::RootOf(int64_t subject) const {
  const auto found = roots_.find(subject);
  return found == roots_.end() ? subject : found->second;
}

absl::Status IdentityCheck::Finish() {
  EHC_RETURN_IF_ERROR(ForEachRow(context_, "joined",
                                 "SELECT member, root FROM joined ORDER BY member",
                                 [this](Query& row) { roots_[row.Integer(0)] = row.Integer(1); }));
  for (const auto& [member, root] : roots_) CheckJoin(member, root);
  CheckStatedJoins();
  return CheckSevered();
}

// A member that had members of its own when it was joined names them still: they followed it.
void IdentityCheck::CheckJoin(int64_t member, int64_t root) {
  const std::string where = absl::StrCat("joined ", member);
  if (member == root || roots_.contains(root)) {
    return context_.report.Find(where, "its root is itself a number of another child");
  }
  if (!seen_.contains(member) || !seen_.contains(root)) {
    return context_.report.Find(where, "joins a child that is not there, or was erased");
  }
  const auto own = identities_.find(member);
  const auto of_root = identities_.find(root);
  const int64_t into = own == identities_.end() ? 0 : own->second.joined_into;
  if (into == 0 || RootOf(into) != root) {
    context_.report.Find(where, "its own dossier does not say that it was joined to that child");
  }
  if (of_root == identities_.end() || !of_root->second.joined.contains(member)) {
    context_.report.Find(where, "the other child's dossier does not have it");
  }
}

void IdentityCheck::CheckStatedJoins() {
  for (const auto& [subject, identity] : identities_) {
    if (roots_.contains(subject)) continue;
    if (identity.joined_into != 0) {
      context_.report.Find(absl::StrCat("joined ", subject),
                           "is missing: the dossier says that it is another child's number");
    }
    for (const int64_t member : identity.joined) {
      if (RootOf(member) == subject && member != subject) continue;
      context_.report.Find(absl::StrCat("joined ", member),
                           absl::StrCat("is missing: the dossier of ", subject, " has it"));
    }
  }
}

bool IdentityCheck::IsSevered(int64_t subject) const {
  const auto found = identities_.find(RootOf(subject));
  return found != identities_.end() && found->second.severed;
}

// What was erased since says nothing any more, and stays hidden.
absl::Status IdentityCheck::CheckSevered() {
  std::set<int64_t> severed;
  EHC_RETURN_IF_ERROR(ForEachRow(context_, "severed",
                                 "SELECT subject FROM severed ORDER BY subject",
                                 [&](Query& row) { severed.insert(row.Integer(0)); }));
  EHC_ASSIGN_OR_RETURN(const int64_t next,
                       context_.database.QueryInteger(
                           "SELECT ifnull(max(next), 0) FROM counter WHERE name = 'subject'"));
  for (const int64_t subject : severed) {
    const std::string where = absl::StrCat("severed ", subject);
    if (subject < 1 || subject >= next) {
      context_.report.Find(where, "is no child's number");
    } else if (seen_.contains(RootOf(subject)) && !IsSevered(subject)) {
      context_.report.Find(where, "hides a child whose dossier is not severed");
    }
  }
  for (const auto& [subject, identity] : identities_) {
    if (!IsSevered(subject) || severed.contains(subject)) continue;
    context_.report.Find(absl::StrCat("severed ", subject),
                         "is missing: what is about a severed child would be shown");
  }
  return absl::OkStatus();
}

}  // namespace ehc
