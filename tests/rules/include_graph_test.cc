// The real tree keeps the rules of the house, and the rules themselves notice a tree that does not.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/rules/house_rules.h"
#include "tests/rules/source_tree.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

SourceFile File(const std::string& path, const std::string& text) { return {path, text}; }

SourceFile Including(const std::string& path, const std::string& target) {
  return {path, "// what it is\n#include \"" + target + "\"\n"};
}

const SourceTree& RealTree() {
  static const auto* const tree = new SourceTree(ReadSourceTree(EHC_SOURCE_DIR));
  return *tree;
}

std::string Lines(const Breaches& breaches) {
  std::string lines;
  for (const std::string& breach : breaches) lines += "\n  " + breach;
  return lines;
}

#define EXPECT_KEPT(rule)                                      \
  do {                                                         \
    const Breaches breaches = rule(RealTree());                \
    EXPECT_TRUE(breaches.empty()) << #rule << Lines(breaches); \
  } while (false)

TEST(OurTree, IsFoundWithItsServerAndItsTests) {
  size_t server = 0;
  for (const SourceFile& file : RealTree())
    server += file.path.rfind("server/", 0) == 0 && !file.text.empty();
  EXPECT_GT(server, 10u) << "read from " << EHC_SOURCE_DIR;
}

TEST(OurTree, KeepsItsLayers) { EXPECT_KEPT(CheckLayers); }
TEST(OurTree, LinksOnlyLowerLayers) { EXPECT_KEPT(CheckLinkage); }
TEST(OurTree, KeepsLibrariesInTheirRooms) { EXPECT_KEPT(CheckConfinement); }
TEST(OurTree, KeepsTheSdkApartFromTheServer) { EXPECT_KEPT(CheckSdkBoundary); }
TEST(OurTree, GuardsItsHeaders) { EXPECT_KEPT(CheckHeaderGuards); }
TEST(OurTree, HoldsNoKeys) { EXPECT_KEPT(CheckNoKeys); }

TEST(Layers, LowerLayerMayBeIncluded) {
  EXPECT_THAT(CheckLayers({Including("server/app/main.cc", "server/transport/server.h"),
                           Including("server/audit/log.cc", "server/model/decision.h"),
                           Including("server/model/date.cc", "absl/time/time.h"),
                           Including("server/policy/a.cc", "ehc/policy/v1/agreement.pb.h")}),
              IsEmpty());
}

TEST(Layers, OwnFolderMayBeIncluded) {
  EXPECT_THAT(CheckLayers({Including("server/storage/sqlite/db.cc", "server/storage/sealing.h")}),
              IsEmpty());
}

TEST(Layers, HigherLayerIsABreachWithItsLine) {
  EXPECT_THAT(CheckLayers({Including("server/base/clock.h", "server/model/date.h")}),
              ElementsAre(HasSubstr(
                  "server/base/clock.h:2: server/base/ (L0) includes server/model/date.h (L1)")));
}

TEST(Layers, SiblingOfLayerTwoIsABreachExceptTheStore) {
  EXPECT_THAT(CheckLayers({Including("server/policy/engine.cc", "server/audit/log.h"),
                           Including("server/audit/log.cc", "server/storage/sealing.h")}),
              SizeIs(2));
  EXPECT_THAT(CheckLayers({Including("server/audit/log.cc", "server/storage/store.h")}), IsEmpty());
}

TEST(Layers, TheStoreIsABreachBelowLayerTwo) {
  EXPECT_THAT(CheckLayers({Including("server/model/facts.cc", "server/storage/store.h")}),
              SizeIs(1));
}

TEST(Layers, BackendIsSeenByStorageAndAppOnly) {
  EXPECT_THAT(CheckLayers({Including("server/pipeline/disclose.cc", "server/storage/sqlite/db.h")}),
              SizeIs(1));
  EXPECT_THAT(CheckLayers({Including("server/app/main.cc", "server/storage/sqlite/db.h")}),
              IsEmpty());
}

TEST(Layers, UnknownFolderIsABreach) {
  EXPECT_THAT(CheckLayers({File("server/util/misc.cc", "")}), SizeIs(1));
  EXPECT_THAT(CheckLayers({Including("server/app/main.cc", "server/util/misc.h")}), SizeIs(1));
}

TEST(Layers, IncludesThatDodgeTheRootAreBreaches) {
  EXPECT_THAT(
      CheckLayers({Including("server/base/ids.cc", "ids.h"),
                   Including("server/base/ids.cc", "server/base/../app/config.h"),
                   File("server/base/ids.cc", "  #  include   \"../app/config.h\" // x\n")}),
      SizeIs(3));
}

TEST(Linkage, HigherOrSiblingLibraryIsABreach) {
  EXPECT_THAT(
      CheckLinkage({File("server/base/CMakeLists.txt", "ehc_library(ehc_base DEPS ehc_model)\n"),
                    File("server/audit/CMakeLists.txt", "ehc_library(ehc_audit DEPS ehc_policy)\n"),
                    File("server/policy/CMakeLists.txt",
                         "ehc_library(ehc_policy DEPS ehc_storage_sqlite)\n")}),
      SizeIs(3));
}

TEST(Linkage, LowerLibraryOwnLibraryAndTheStoreAreFine) {
  EXPECT_THAT(CheckLinkage({File("server/audit/CMakeLists.txt",
                                 "# not ehc_app\nehc_library(ehc_audit\n  DEPS ehc_model ehc_base "
                                 "ehc_storage ehc_proto)\n")}),
              IsEmpty());
}

TEST(Confinement, LibraryOutsideItsRoomIsABreach) {
  EXPECT_THAT(
      CheckConfinement({Including("server/services/plan.cc", "grpcpp/grpcpp.h"),
                        Including("server/services/plan.cc", "ehc/hub/v1/record_service.grpc.pb.h"),
                        Including("client-sdk/src/client.cc", "grpcpp/channel.h"),
                        File("server/audit/log.cc", "#include <openssl/sha.h>\n"),
                        File("server/storage/store.cc", "#include <sqlite3.h>\n"),
                        File("server/storage/sqlite/db.cc", "#include <libpq-fe.h>\n"),
                        File("server/pipeline/a.cc", "#include <jwt/jwt.hpp>\n")}),
      SizeIs(7));
}

TEST(Confinement, LibraryInItsRoomIsFine) {
  EXPECT_THAT(
      CheckConfinement(
          {Including("server/transport/server.cc", "grpcpp/grpcpp.h"),
           Including("client-sdk/src/internal/stub.cc", "ehc/hub/v1/a_service.grpc.pb.h"),
           File("server/base/crypto_digest.cc", "#include <openssl/sha.h>\n"),
           File("server/storage/sealing.cc", "#include <openssl/evp.h>\n"),
           File("server/storage/sqlite/db.cc", "#include <sqlite3.h>\n"),
           File("server/storage/postgres/db.cc", "#include <libpq-fe.h>\n"),
           File("tests/end2end/a.cc", "#include <sqlite3.h>\n#include <grpcpp/grpcpp.h>\n")}),
      IsEmpty());
}

TEST(SdkBoundary, CrossingItIsABreachInEitherDirection) {
  EXPECT_THAT(CheckSdkBoundary({Including("client-sdk/src/client.cc", "server/identity/claims.h"),
                                Including("client-sdk/cli/plan.cc", "server/audit/entry.h"),
                                Including("client-sdk/src/client.cc", "server/matching/index.h"),
                                Including("client-sdk/include/ehchub/hub.h", "server/base/clock.h"),
                                Including("server/app/main.cc", "ehchub/client.h"),
                                Including("server/app/main.cc", "tests/support/world.h"),
                                Including("client-sdk/include/ehchub/client.h",
                                          "client-sdk/src/internal/stub.h")}),
              SizeIs(7));
}

TEST(SdkBoundary, ItsSourcesShareBaseAndModelAndItsToolMatching) {
  EXPECT_THAT(CheckSdkBoundary({Including("client-sdk/src/receipts.cc", "server/base/merkle.h"),
                                Including("client-sdk/src/internal/rpc.h", "server/base/ids.h"),
                                Including("client-sdk/cli/import.cc", "server/model/date.h"),
                                Including("client-sdk/cli/try.cc", "server/matching/index.h"),
                                Including("client-sdk/src/log.cc", "server/model/receipt.h")}),
              IsEmpty());
}

TEST(HeaderGuards, MissingWrongOrPragmaIsABreach) {
  EXPECT_THAT(CheckHeaderGuards({File("server/base/a.h", "int a;\n"),
                                 File("server/base/b.h", "#ifndef B_H\n#define B_H\n#endif\n"),
                                 File("server/base/c.h",
                                      "#ifndef EHC_SERVER_BASE_C_H_\n#define EHC_SERVER_BASE_C_H_\n"
                                      "#pragma once\n#endif\n")}),
              SizeIs(3));
}

TEST(HeaderGuards, PathInCapitalsIsFine) {
  EXPECT_THAT(
      CheckHeaderGuards(
          {File("server/base/a_b.h",
                "// x\n#ifndef EHC_SERVER_BASE_A_B_H_\n#define EHC_SERVER_BASE_A_B_H_\n#endif\n"),
           File("client-sdk/include/ehchub/client.h",
                "#ifndef EHCHUB_CLIENT_H_\n#define EHCHUB_CLIENT_H_\n#endif\n")}),
      IsEmpty());
}

TEST(Keys, NamedOrContainedIsABreach) {
  const std::string armour = std::string("-----BEGIN PRIVATE") + " KEY-----";
  EXPECT_THAT(CheckNoKeys({File("certs-dev/hub.key", ""),
                           File("tests/data/hub.txt", armour + "\nMIGHAgEAMBMGByqGSM49AgEGCCqG\n"),
                           File("tests/a.cc",
                                "\"" + armour + "\\n\"\n  \"MIGHAgEAMBMGByqGSM49AgEGCCqG\\n\"")}),
              SizeIs(3));
}

TEST(Keys, SpeakingOfThemIsFine) {
  const std::string armour = std::string("-----BEGIN PRIVATE") + " KEY-----";
  EXPECT_THAT(CheckNoKeys({File("server/identity/pem.cc",
                                "if (line == \"" + armour + "\") return ParseKey(rest);\n"),
                           File("docs/keys.md", "the file begins with " + armour + "\n")}),
              IsEmpty());
}

}  // namespace
}  // namespace ehc
