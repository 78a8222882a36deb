#ifndef EHC_TESTS_RULES_HOUSE_RULES_H_
#define EHC_TESTS_RULES_HOUSE_RULES_H_

#include <string>
#include <vector>

#include "tests/rules/source_tree.h"

namespace ehc {

// Each rule reads a tree and returns one line per breach, "path:line: what is wrong", in the tree's
// order. Rules look at paths and text only, so they judge an in-memory tree as they judge the real
// one.
using Breaches = std::vector<std::string>;

// Code in server/<folder> includes lower layers and its own folder only. Folders of layer 2 never
// include each other, except server/storage/store.h. A backend (server/storage/<backend>/) is seen
// by storage and app only. Quoted includes are written from the repository's root.
Breaches CheckLayers(const SourceTree& tree);

// server/<folder>/CMakeLists.txt names libraries of lower layers and its own folder only.
Breaches CheckLinkage(const SourceTree& tree);

// gRPC, SQLite, libpq and OpenSSL headers stay in their rooms; tests are free.
Breaches CheckConfinement(const SourceTree& tree);

// What the SDK promises outside never reaches inside: public headers include no src/ and no
// server/. client-sdk/src and cli share server/base and server/model (the log's arithmetic, dates
// and formats have one implementation) and nothing else of the server; the server includes nothing
// of the SDK.
Breaches CheckSdkBoundary(const SourceTree& tree);

// Every header has the guard EHC_<PATH>_H_ (public SDK headers: the path as it is included) and no
// #pragma once.
Breaches CheckHeaderGuards(const SourceTree& tree);

// No private key, by name or by content.
Breaches CheckNoKeys(const SourceTree& tree);

}  // namespace ehc

#endif  // EHC_TESTS_RULES_HOUSE_RULES_H_
