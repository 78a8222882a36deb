#include "server/enrolment/spool.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/fs.h"
#include "tests/support/scratch_folder.h"

namespace ehc {
namespace {

const char kId[] = "0123456789abcdefghjkmnpqrs";
const char kOther[] = "zzzzzzzzzzzzzzzzzzzzzzzzzz";

EnrolmentTicket Ticket(const std::string& id = kId) {
  return {id, "bromley", "send", std::string(64, 'a'), absl::FromUnixSeconds(1800000000)};
}

class SpoolTest : public ::testing::Test {
 protected:
  std::string TicketPath(const std::string& id = kId) const {
    return folder_.path() + "/tickets/" + id;
  }

  ScratchFolder folder_;
  EnrolmentSpool spool_ = *EnrolmentSpool::Open(folder_.path());
};

TEST_F(SpoolTest, TicketsAreThoseThatAreKept) {
  EXPECT_TRUE(absl::IsNotFound(spool_.FindTicket(kId).status()));
  ASSERT_TRUE(spool_.Keep({Ticket(), Ticket(kOther)}).ok());
  const auto found = spool_.FindTicket(kId);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->agency, "bromley");
  EXPECT_EQ(found->unit, "send");
  EXPECT_EQ(found->secret_digest, std::string(64, 'a'));
  EXPECT_EQ(found->expires_at, absl::FromUnixSeconds(1800000000));
  ASSERT_TRUE(spool_.Keep({Ticket(kOther)}).ok());
  EXPECT_TRUE(absl::IsNotFound(spool_.FindTicket(kId).status()));
  EXPECT_TRUE(spool_.FindTicket(kOther).ok());
  struct stat info {};
  ASSERT_EQ(stat(TicketPath(kOther).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0640u);
}

TEST_F(SpoolTest, HalfWrittenAndForeignTicketsAreNone) {
  ASSERT_TRUE(spool_.Keep({Ticket()}).ok());
  const std::string whole = *ReadFile(TicketPath(), 4096);
  for (size_t size = 0; size < whole.size(); ++size) {
    std::ofstream(TicketPath(), std::ios::trunc) << whole.substr(0, size);
    EXPECT_TRUE(absl::IsNotFound(spool_.FindTicket(kId).status())) << size;
  }
  for (const std::string& text :
       {whole + "x", "x" + whole, whole + whole, std::string(5000, 'x'), std::string(200, '\0')}) {
    std::ofstream(TicketPath(), std::ios::trunc) << text;
    EXPECT_FALSE(spool_.FindTicket(kId).ok());
  }
  ASSERT_TRUE(spool_.Keep({Ticket()}).ok());  // mended
  EXPECT_TRUE(spool_.FindTicket(kId).ok());
}

TEST_F(SpoolTest, NamesOutsideTheFolderAreNoTickets) {
  std::ofstream(folder_.path() + "/secret") << "x";
  for (const char* id : {"", "../secret", "..", "0123456789abcdefghjkmnpqr/",
                         "0123456789ABCDEFGHJKMNPQRS", "0123456789abcdefghjkmnpqrst"}) {
    EXPECT_TRUE(absl::IsNotFound(spool_.FindTicket(id).status())) << id;
    EXPECT_FALSE(spool_.Spend(id, {"request", ""}).ok()) << id;
  }
}

TEST_F(SpoolTest, TokenIsSpentByOneRequestForEver) {
  EXPECT_FALSE(spool_.RequestOf(kId)->has_value());
  ASSERT_TRUE(spool_.Spend(kId, {"request", "key"}).ok());
  EXPECT_TRUE(spool_.Spend(kId, {"request", "key"}).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(spool_.Spend(kId, {"another", "key"})));
  EXPECT_TRUE(absl::IsAlreadyExists(spool_.Spend(kId, {"request", ""})));
  // Where one ends and the other begins matters.
  EXPECT_TRUE(absl::IsAlreadyExists(spool_.Spend(kId, {"requestk", "ey"})));
  const EnrolmentSpool reopened = *EnrolmentSpool::Open(folder_.path());  // as after a crash
  EXPECT_TRUE(absl::IsAlreadyExists(reopened.Spend(kId, {"another", "key"})));
  EXPECT_EQ((*reopened.RequestOf(kId))->certificate_request_pem, "request");
}

TEST_F(SpoolTest, OfManyAtOnceExactlyOneRequestSpendsIt) {
  for (int round = 0; round < 20; ++round) {
    std::string id = kId;
    id[0] = static_cast<char>('a' + round);
    std::atomic<int> spent{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        if (spool_.Spend(id, {"request " + std::to_string(i), ""}).ok()) ++spent;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(spent, 1);
  }
}

TEST_F(SpoolTest, FirstCertificateIsTheOneThatIsKept) {
  EXPECT_FALSE(spool_.IssuedFor(kId)->has_value());
  EXPECT_EQ(*spool_.KeepIssued(kId, "first"), "first");
  EXPECT_EQ(*spool_.KeepIssued(kId, "second"), "first");
  EXPECT_EQ(**spool_.IssuedFor(kId), "first");
}

TEST_F(SpoolTest, DamagedRequestIsNotTakenForUnused) {
  ASSERT_TRUE(spool_.Spend(kId, {"request", ""}).ok());
  std::ofstream(folder_.path() + "/requests/" + kId, std::ios::trunc) << "ehc-enrol";
  EXPECT_FALSE(spool_.RequestOf(kId).ok());
  EXPECT_FALSE(spool_.Spend(kId, {"request", ""}).ok());
}

}  // namespace
}  // namespace ehc
