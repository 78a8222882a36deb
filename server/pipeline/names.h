// Names that leave the hub. A child, record or page has another name at every agency: pairwise, so
// that two agencies cannot tell that they speak of the same child by comparing names, and opaque,
// so that a name tells neither order nor number. Names are stable for the life of the store.
#ifndef EHC_SERVER_PIPELINE_NAMES_H_
#define EHC_SERVER_PIPELINE_NAMES_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "server/base/aead.h"
#include "server/model/matter.h"
#include "server/model/names.h"
#include "server/storage/store.h"

namespace ehc {

class SubjectNames {
 public:
  // Keys derive from the store's own; see Store::DerivedKey.
  explicit SubjectNames(const Store& store);

  // "subjects/<26 characters>" and "records/<26 characters>".
  std::string SubjectName(const AgencyId& agency, SubjectId subject) const;
  std::string RecordName(const AgencyId& agency, RecordId record) const;

  // 0 for anything that is not a name made for this agency, without saying why.
  SubjectId OpenSubject(const AgencyId& agency, absl::string_view name) const;
  RecordId OpenRecord(const AgencyId& agency, absl::string_view name) const;

  // The last segment of an item's name: opaque, so that it does not count what others recorded.
  std::string ItemId(const AgencyId& agency, absl::string_view collection, int64_t number) const;
  std::optional<int64_t> OpenItem(const AgencyId& agency, absl::string_view collection,
                                  absl::string_view id) const;

  // "recordRequests/<26 characters>": a matter has one name, for both its parties write about it.
  std::string MatterName(absl::string_view collection, MatterId matter) const;
  // 0 for anything that is not a name of this collection.
  MatterId OpenMatter(absl::string_view collection, absl::string_view name) const;

  // A page token bound to the agency and the list; nullopt when it is not ours.
  std::string SealPage(const AgencyId& agency, absl::string_view list, int64_t after) const;
  std::optional<int64_t> OpenPage(const AgencyId& agency, absl::string_view list,
                                  absl::string_view token) const;

 private:
  std::string Seal(absl::string_view kind, const AgencyId& agency, int64_t number) const;
  std::optional<int64_t> Open(absl::string_view kind, const AgencyId& agency,
                              absl::string_view text) const;

  AesBlock block_;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_NAMES_H_
