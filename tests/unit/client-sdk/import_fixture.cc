#include "tests/unit/client-sdk/import_fixture.h"

#include <cstdlib>

#include "absl/strings/strip.h"
#include "client-sdk/cli/import_run.h"
#include "tests/support/scratch_folder.h"

namespace ehchub {

std::unique_ptr<Extract> ReadBack(const ehc::Extract& files) {
  const ehc::ScratchFolder folder;
  if (!files.WriteTo(folder.path()).ok()) std::abort();
  absl::StatusOr<std::unique_ptr<Extract>> extract = Extract::Read(folder.path());
  if (!extract.ok()) std::abort();
  return *std::move(extract);
}

ehc::Extract OneChild() {
  ehc::Extract files;
  files.Add("supplement_extract",
            {{"la_code", "305"}, {"agency", "agencies/bromley"}, {"as_at", "2026-10-02"}});
  AddChild(files, "P1", "9434765870");
  return files;
}

void AddChild(ehc::Extract& files, const std::string& id, const std::string& nhs) {
  files.Add("ssd_person", {{"pers_person_id", id},
                           {"pers_forename", "Arlen"},
                           {"pers_surname", "Thornvale"},
                           {"pers_sex", "M"},
                           {"pers_dob", "01/02/2015"},
                           {"pers_common_child_id", nhs},
                           {"pers_send_flag", "Y"}});
}

Importer Bromley(const std::string& unit) {
  Importer importer;
  importer.extract = {"305", "agencies/bromley", "2026-10-02"};
  importer.agency = "agencies/bromley";
  importer.unit = unit;
  return importer;
}

Made::Made(const ehc::Extract& files, const Importer& importer, const std::string& person)
    : extract_(ReadBack(files)) {
  const ImportGuard guard(*extract_, importer.extract.as_at);
  const PostMaker maker(*extract_, guard, importer);
  for (Row* child : PublishableChildren(*extract_, guard)) {
    if ((*child)["pers_person_id"] == person) posts_ = maker.Make(*child);
  }
  if (posts_.has_value()) SettleAsPublished(*posts_);
  SettleElsewhere(*extract_, guard, importer);
}

Fate Made::FateOf(const std::string& table) const { return extract_->Of(table).rows().at(0).fate; }

std::vector<std::string> Made::Identifiers() const {
  std::vector<std::string> texts;
  for (const v1::Identifier& identifier : posts_->identifiers) {
    const std::string name = v1::IdentifierType_Name(identifier.type());
    texts.push_back(std::string(absl::StripPrefix(name, "IDENTIFIER_TYPE_")) + " " +
                    identifier.value());
  }
  return texts;
}

}  // namespace ehchub
