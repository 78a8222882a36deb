#include "server/storage/sqlite/matter_row.h"

#include <limits>

namespace ehc {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

}  // namespace

MatterRow RowOf(const Matter& matter, const AgencyDirectory& agencies) {
  MatterRow row;
  row.number = matter.id.value;
  row.kind = matter.kind;
  row.opener = agencies.Find(matter.opener);
  row.addressee = agencies.Find(matter.addressee);
  row.subject = matter.subject.value;
  row.revision = matter.revision;
  row.open = matter.open ? 1 : 0;
  row.due_ms = matter.due_at == absl::InfiniteFuture() ? kNever : absl::ToUnixMillis(matter.due_at);
  return row;
}

MatterRow ReadMatterRow(const Query& row) {
  return {row.Integer(0), std::string(row.Blob(1)), row.Integer(2), row.Integer(3), row.Integer(4),
          row.Integer(5), row.Integer(6),           row.Integer(7), row.Integer(8)};
}

Matter MatterOf(const MatterRow& row, const AgencyDirectory& agencies) {
  Matter matter;
  matter.id.value = row.number;
  matter.kind = row.kind;
  matter.opener = agencies.NameOf(row.opener);
  matter.addressee = agencies.NameOf(row.addressee);
  matter.subject.value = row.subject;
  matter.revision = row.revision;
  matter.open = row.open != 0;
  if (row.due_ms != kNever) matter.due_at = absl::FromUnixMillis(row.due_ms);
  return matter;
}

Binding MatterBinding(const MatterRow& row) {
  Binding binding(SealedUse::kMatter);
  binding.Id(row.number).Text(row.kind).Id(row.opener).Id(row.addressee).Id(row.subject);
  binding.Id(row.revision).Id(row.open).Id(row.due_ms);
  return binding;
}

bool IsTheSameMatter(const MatterRow& a, const MatterRow& b) {
  return a.number == b.number && a.kind == b.kind && a.opener == b.opener &&
         a.addressee == b.addressee && a.subject == b.subject;
}

}  // namespace ehc
