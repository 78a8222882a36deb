#include "server/pipeline/own_view.h"

#include <algorithm>

namespace ehc {
namespace {

hub::v1::IdentifierType WireTypeOf(IdentifierKind kind) {
  switch (kind) {
    case IdentifierKind::kNhsNumber: return hub::v1::IDENTIFIER_TYPE_NHS_NUMBER;
    case IdentifierKind::kUpn: return hub::v1::IDENTIFIER_TYPE_UPN;
    case IdentifierKind::kUln: return hub::v1::IDENTIFIER_TYPE_ULN;
    case IdentifierKind::kPncId: return hub::v1::IDENTIFIER_TYPE_PNC_ID;
    case IdentifierKind::kLaChildId: return hub::v1::IDENTIFIER_TYPE_LA_CHILD_ID;
    default: return hub::v1::IDENTIFIER_TYPE_UNSPECIFIED;
  }
}

}  // namespace

bool IsIdentifiedBy(const store::v1::Dossier& dossier, const AgencyId& agency,
                    const Identifier& identifier) {
  const hub::v1::IdentifierType type = WireTypeOf(identifier.kind);
  const auto& items = dossier.identifiers();
  return std::any_of(items.begin(), items.end(), [&](const store::v1::IdentifierItem& item) {
    return item.origin().agency() == agency.value() && item.value().type() == type &&
           item.value().value() == identifier.value;
  });
}

}  // namespace ehc
