// render, fmt, sign, who-can, what-can: what an officer reads and writes.
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/app/policy_tool/commands.h"
#include "server/base/encoding.h"
#include "server/base/fs.h"
#include "server/base/signature.h"
#include "server/model/date.h"
#include "server/policy/compiled.h"
#include "server/policy/format.h"
#include "server/policy/render.h"

namespace ehc {

int RunRender(const ToolOptions& options) {
  int status = 0;
  const auto policy = Load(options.folder, &status);
  if (policy == nullptr) return status;
  if (options.arguments.size() != 1) {
    std::cerr << "render: name one agreement\n";
    return 64;
  }
  const AgreementId id(options.arguments[0]);
  const auto text =
      options.render_format == "html" ? RenderHtml(*policy, id) : RenderMarkdown(*policy, id);
  if (!text.ok()) return Fail(text.status());
  if (options.json) {
    std::cout << nlohmann::json{{"agreement", id.value()}, {"markdown", *text}}.dump(2) << "\n";
  } else {
    std::cout << *text;
  }
  return 0;
}

int RunFmt(const ToolOptions& options) {
  std::set<std::string> changed;
  for (const char* name :
       {"agreements", "vocabulary", "pathways", "planning", "scoring", "tests"}) {
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator(options.folder + "/" + name, error)) {
      if (entry.path().extension() != ".textproto") continue;
      const auto text = ReadFile(entry.path().string(), kMaxPolicyFileBytes);
      if (!text.ok()) return Fail(text.status());
      const std::string formatted = FormatPolicyText(*text);
      if (formatted == *text) continue;
      changed.insert(entry.path().string());
      if (options.check_only) continue;
      const absl::Status written = AtomicWriteFile(entry.path().string(), formatted, 0644);
      if (!written.ok()) return Fail(written);
    }
  }
  if (options.json) {
    std::cout << nlohmann::json(changed).dump(2) << "\n";
  } else {
    for (const std::string& path : changed) {
      std::cout << path << (options.check_only ? ": not in canonical layout\n" : ": written\n");
    }
  }
  return options.check_only && !changed.empty() ? 1 : 0;
}

int RunSign(const ToolOptions& options) {
  int status = 0;
  const auto policy = Load(options.folder, &status);
  if (policy == nullptr) return status;
  const AgreementSummary* agreement = options.arguments.size() == 1
                                          ? policy->FindAgreement(AgreementId(options.arguments[0]))
                                          : nullptr;
  if (agreement == nullptr) {
    std::cerr << "sign: name one agreement of the folder\n";
    return 64;
  }
  const auto key = SigningKey::FromPemFile(options.key_file);
  if (!key.ok()) return Fail(key.status());
  const std::string path = absl::StrCat(options.folder, "/", agreement->file);
  auto text = ReadFile(path, kMaxPolicyFileBytes);
  if (!text.ok()) return Fail(text.status());
  absl::StrAppend(&*text, "\nsignature {\n  agency: \"", options.agency, "\"\n  key_id: \"",
                  key->key_id(), "\"\n  digest: \"", agreement->digest, "\"\n  value: \"",
                  Base64Encode(key->Sign(agreement->digest)), "\"\n  signed_on: \"",
                  FormatDate(LondonDate(options.now)), "\"\n}\n");
  const absl::Status written = AtomicWriteFile(path, *text, 0644);
  if (!written.ok()) return Fail(written);
  if (options.json) {
    std::cout << nlohmann::json{{"agreement", agreement->id.value()},
                                {"digest", agreement->digest},
                                {"key_id", key->key_id()}}
                     .dump(2)
              << "\n";
  } else {
    std::cout << agreement->id.value() << ": " << agreement->digest << " signed for "
              << options.agency << " with key " << key->key_id() << "\n";
  }
  return 0;
}

namespace {

nlohmann::json ClauseRow(const ClauseBox& box, const Vocabulary& words) {
  return {{"agreement", box.info.agreement.value()},
          {"clause", box.info.id},
          {"place", box.place.ToString()},
          {"effect", box.effect == Effect::kPermit  ? "PERMIT"
                     : box.effect == Effect::kRefer ? "REFER"
                                                    : "FORBID"},
          {"who", OrganisationText(box.recipients, words)},
          {"role", RoleText(box, words)},
          {"from", OrganisationText(box.suppliers, words)},
          {"what", CoverText(box, words)},
          {"disclosure", DisclosureText(box.disclosures)},
          {"purpose", PurposeText(box, words)},
          {"consent", box.consent == ConsentRule::kRequired},
          {"conditions", box.guards.size()},
          {"until", LastDay(box.until)}};
}

void Print(const nlohmann::json& rows, bool json) {
  if (json) {
    std::cout << rows.dump(2) << "\n";
    return;
  }
  const auto word = [](const nlohmann::json& value) { return value.get<std::string>(); };
  for (const auto& row : rows) {
    std::cout << word(row["effect"]) << "  " << word(row["who"]) << " as " << word(row["role"])
              << "\n    " << word(row["disclosure"]) << " of " << word(row["what"]) << "\n    from "
              << word(row["from"]) << " for " << word(row["purpose"])
              << (row["consent"].get<bool>() ? ", with consent" : "")
              << (row["conditions"].get<size_t>() > 0 ? ", on conditions" : "") << "\n    under "
              << word(row["agreement"]) << "/" << word(row["clause"]) << " (" << word(row["place"])
              << ") until " << word(row["until"]) << "\n";
  }
  std::cout << rows.size() << " clauses\n";
}

bool Current(const ClauseBox& box, absl::Time now) { return box.from <= now && now < box.until; }

bool MayConcern(const OrganisationBox& box, const std::string& agency, int type) {
  if (box.kind == OrganisationBox::Kind::kAny) return true;
  if (box.kind == OrganisationBox::Kind::kAgency) return box.agency == agency;
  return type < 0 || box.type == type;
}

}  // namespace

int RunWhoCan(const ToolOptions& options) {
  int status = 0;
  const auto policy = Load(options.folder, &status);
  if (policy == nullptr) return status;
  const Vocabulary& words = policy->compiled().vocabulary;
  const RecordSchema* schema = policy->FindSchema(options.record_type);
  const int part = schema == nullptr ? -1 : schema->IndexOf(options.part);
  if (schema == nullptr || (part < 0 && !options.part.empty())) {
    std::cerr << "who-can: no such record type or part\n";
    return 64;
  }
  nlohmann::json rows = nlohmann::json::array();
  for (const ClauseBox& box : policy->compiled().boxes) {
    if (!Current(box, options.now)) continue;
    for (const CoverBox& cover : box.covers) {
      if (words.record_types[cover.record_type].code != options.record_type) continue;
      if (part >= 0 && ((cover.parts >> part) & 1u) == 0) continue;
      rows.push_back(ClauseRow(box, words));
    }
  }
  Print(rows, options.json);
  return 0;
}

int RunWhatCan(const ToolOptions& options) {
  int status = 0;
  const auto policy = Load(options.folder, &status);
  if (policy == nullptr) return status;
  const Vocabulary& words = policy->compiled().vocabulary;
  const int role = words.roles.Find(options.role);
  if (!options.role.empty() && role < 0) {
    std::cerr << "what-can: no such role\n";
    return 64;
  }
  // The agency, or after a colon its type: "oakfield-school:SCHOOL".
  const std::pair<std::string, std::string> named =
      absl::StrSplit(options.agency, absl::MaxSplits(':', 1));
  const int type = words.agency_types.Find(named.second);
  nlohmann::json rows = nlohmann::json::array();
  for (const ClauseBox& box : policy->compiled().boxes) {
    const bool concerns =
        std::any_of(box.recipients.begin(), box.recipients.end(),
                    [&](const OrganisationBox& one) { return MayConcern(one, named.first, type); });
    const bool role_fits = role < 0 || box.any_role || box.roles[role];
    if (Current(box, options.now) && concerns && role_fits) rows.push_back(ClauseRow(box, words));
  }
  Print(rows, options.json);
  return 0;
}

}  // namespace ehc
