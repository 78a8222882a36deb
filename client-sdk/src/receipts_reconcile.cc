#include <map>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client-sdk/src/receipt_file.h"
#include "ehchub/receipts.h"
#include "server/base/fs.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"
#include "server/model/receipt.h"

namespace ehchub {
namespace {

using internal::ReceiptLine;

constexpr size_t kMaxReceiptsFile = size_t{1} << 30;
constexpr int kPage = 200;

// Which decision each receipt came with, by the leaf's bytes.
using Decisions = std::map<std::string, std::string>;

absl::StatusOr<Decisions> ReadDecisions(const std::string& path, ReceiptsAtHub* report) {
  EHC_ASSIGN_OR_RETURN(const std::string text, ehc::ReadFile(path, kMaxReceiptsFile));
  Decisions decisions;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const auto parsed = internal::ParseLine(line);
    if (!parsed.ok()) continue;  // VerifyReceiptsFile() names it
    const auto* receipt = std::get_if<ReceiptLine>(&*parsed);
    if (receipt == nullptr) continue;
    EHC_ASSIGN_OR_RETURN(const ehc::Receipt one, ehc::ParseReceipt(receipt->receipt));
    decisions[std::string(ehc::DigestView(one.leaf_hash))] = receipt->decision_id;
  }
  report->receipts = static_cast<int>(decisions.size());
  return decisions;
}

std::string ValueOf(const v1::AuditEntry& entry, absl::string_view name) {
  for (const v1::AuditField& field : entry.fields()) {
    if (field.name() == name) return field.value();
  }
  return "";
}

// Why the entry is not that of the disclosure; empty: it is.
std::string WhatIsWrong(const v1::AuditEntry& entry, const std::string& decision,
                        const std::string& agency) {
  const absl::Status verified = VerifyAuditEntry(entry);
  if (!verified.ok()) return std::string(verified.message());
  if (ValueOf(entry, "searcher_agency") != agency) return "tells of a disclosure to another agency";
  if (ValueOf(entry, "decision_id") != decision) return "tells of another decision";
  return "";
}

void Take(const v1::AuditEntry& entry, const std::string& agency, Decisions& open,
          ReceiptsAtHub& report) {
  const auto found = open.find(entry.leaf_hash());
  if (found == open.end()) return;
  const std::string leaf = absl::BytesToHexString(entry.leaf_hash());
  if (entry.erased()) {
    ++report.erased;
  } else if (const std::string wrong = WhatIsWrong(entry, found->second, agency); wrong.empty()) {
    ++report.told;
  } else {
    report.problems.push_back(absl::StrCat(leaf, ": its entry ", wrong));
  }
  open.erase(found);
}

}  // namespace

absl::StatusOr<ReceiptsAtHub> ReconcileReceipts(AuditConnection& audit, const std::string& path,
                                                const std::string& agency) {
  ReceiptsAtHub report;
  EHC_ASSIGN_OR_RETURN(Decisions open, ReadDecisions(path, &report));
  v1::ListAuditEntriesRequest request;
  request.set_audience(v1::AUDIT_AUDIENCE_SEARCHER);
  request.set_page_size(kPage);
  while (!open.empty()) {
    EHC_ASSIGN_OR_RETURN(const v1::ListAuditEntriesResponse page, audit.ListAuditEntries(request));
    for (const v1::AuditEntry& entry : page.entries()) Take(entry, agency, open, report);
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  for (const auto& [leaf, decision] : open) {
    report.problems.push_back(absl::StrCat(absl::BytesToHexString(leaf),
                                           ": the hub lists no such entry of this agency's"));
  }
  return report;
}

}  // namespace ehchub
