// SubjectNames: names that mean something at one agency only.
#include "server/pipeline/names.h"

#include <set>
#include <string>

#include "server/storage/sqlite/sqlite_store.h"
#include "tests/unit/pipeline/path_fixture.h"

namespace ehc {
namespace {

const AgencyId kBromley("bromley");
const AgencyId kTrust("kings-park-nhs-trust");

class NamesTest : public PathTest {
 protected:
  const SubjectNames& names() const { return *names_; }
};

TEST_F(NamesTest, NameOpensAtItsAgencyAndIsStable) {
  const std::string name = names().SubjectName(kBromley, {17});
  EXPECT_EQ(name, names().SubjectName(kBromley, {17}));
  EXPECT_EQ(names().OpenSubject(kBromley, name), SubjectId{17});
  EXPECT_EQ(SubjectNames(*store_).OpenSubject(kBromley, name), SubjectId{17});
}

TEST_F(NamesTest, NamesOfOneChildDifferBetweenAgenciesAndMeanNothingElsewhere) {
  const std::string name = names().SubjectName(kBromley, {17});
  EXPECT_NE(name, names().SubjectName(kTrust, {17}));
  EXPECT_EQ(names().OpenSubject(kTrust, name), SubjectId{});
}

TEST_F(NamesTest, NamesTellNeitherOrderNorKind) {
  std::set<std::string> names_seen;
  for (int64_t i = 0; i <= 200; ++i) {
    const std::string name = names().SubjectName(kBromley, {i});
    EXPECT_EQ(name.size(), names().SubjectName(kBromley, {1}).size());
    EXPECT_TRUE(names_seen.insert(name).second);
  }
  const std::string record = names().RecordName(kBromley, {17});
  EXPECT_EQ(names().OpenSubject(kBromley, "subjects" + record.substr(record.find('/'))),
            SubjectId{});
}

TEST_F(NamesTest, NobodyAtAllHasANameToo) {
  EXPECT_EQ(names().OpenSubject(kBromley, names().SubjectName(kBromley, {})), SubjectId{});
}

TEST_F(NamesTest, TamperedNameIsNobody) {
  const std::string name = names().SubjectName(kBromley, {17});
  for (size_t i = std::string("subjects/").size(); i < name.size(); ++i) {
    std::string tampered = name;
    tampered[i] = tampered[i] == 'a' ? 'b' : 'a';
    const SubjectId opened = names().OpenSubject(kBromley, tampered);
    EXPECT_TRUE(opened == SubjectId{} || names().SubjectName(kBromley, opened) != tampered) << i;
    EXPECT_NE(opened, SubjectId{17}) << "at " << i << ": two spellings of one name";
  }
  for (const char* text : {"", "subjects/", "subjects/17", "17", "records/17", "subjects/é"}) {
    EXPECT_EQ(names().OpenSubject(kBromley, text), SubjectId{}) << text;
  }
}

TEST_F(NamesTest, PageTokensAreBoundToTheirAgencyAndList) {
  const std::string token = names().SealPage(kBromley, "consents", 7);
  EXPECT_EQ(names().OpenPage(kBromley, "consents", token), 7);
  EXPECT_FALSE(names().OpenPage(kTrust, "consents", token).has_value());
  EXPECT_FALSE(names().OpenPage(kBromley, "audit", token).has_value());
  EXPECT_FALSE(names().OpenPage(kBromley, "consents", token + "a").has_value());
  EXPECT_FALSE(names().OpenPage(kBromley, "consents", "").has_value());
}

}  // namespace
}  // namespace ehc
