#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/contract/store_home.h"
#include "tests/support/scratch_folder.h"

namespace ehc {
namespace {

struct Column {
  const char* table;
  const char* name;
};

// The newest row of each: the decoy and the hub's own keys come before.
Column ColumnOf(SealedColumn column) {
  switch (column) {
    case SealedColumn::kDossier: return {"dossier", "sealed"};
    case SealedColumn::kDossierKey: return {"dossier_key", "wrapped"};
    case SealedColumn::kRecordHead: return {"record", "head"};
    case SealedColumn::kDataKey: return {"data_key", "wrapped"};
    case SealedColumn::kPart: return {"part", "sealed"};
    case SealedColumn::kOpening: return {"entry", "opening"};
    case SealedColumn::kAuditKey: return {"audit_key", "wrapped"};
  }
  return {};
}

class SqliteHome final : public StoreHome {
 public:
  absl::StatusOr<std::unique_ptr<Store>> Open(Clock& clock) override {
    return OpenSqliteStore({.path = path(),
                            .key_file = folder_.path() + "/store.key",
                            .create = true,
                            .clock = clock});
  }

  void Damage(SealedColumn column) override {
    const auto [table, name] = ColumnOf(column);
    const std::string where = std::string(" WHERE rowid = (SELECT max(rowid) FROM ") + table + ")";
    const std::string text = std::string("SELECT hex(") + name + ") FROM " + table + where;
    std::string hex = Execute(text);
    char& digit = hex[hex.size() / 2];
    digit = digit == '0' ? '1' : '0';
    Execute(std::string("UPDATE ") + table + " SET " + name + " = x'" + hex + "'" + where);
  }

  void SwapDossiers() override {
    Execute(
        "UPDATE dossier SET sealed = (SELECT sealed FROM dossier WHERE subject = 2)"
        " WHERE subject = 1");
    Execute(
        "UPDATE dossier_key SET wrapped = (SELECT wrapped FROM dossier_key WHERE subject = 2)"
        " WHERE subject = 1");
  }

  bool CopyAside() override {
    for (const char* suffix : {"", "-wal"}) {
      std::filesystem::remove(path() + ".aside" + suffix);
      if (!std::filesystem::exists(path() + suffix)) continue;
      std::filesystem::copy_file(path() + suffix, path() + ".aside" + suffix);
    }
    return true;
  }

  void PutBack() override {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(path() + suffix);
      if (!std::filesystem::exists(path() + ".aside" + suffix)) continue;
      std::filesystem::copy_file(path() + ".aside" + suffix, path() + suffix);
    }
  }

  std::string AllBytes() override {
    std::ostringstream bytes;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
      bytes << std::ifstream(file.path(), std::ios::binary).rdbuf();
    }
    return bytes.str();
  }

 private:
  std::string path() const { return folder_.path() + "/store.db"; }

  // The first column of the last row.
  std::string Execute(const std::string& sql) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
    std::string result;
    const auto keep = [](void* out, int, char** values, char**) {
      *static_cast<std::string*>(out) = values[0];
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), keep, &result, nullptr), SQLITE_OK) << sql;
    sqlite3_close(database);
    return result;
  }

  ScratchFolder folder_;
};

}  // namespace

std::unique_ptr<StoreHome> MakeSqliteHome() { return std::make_unique<SqliteHome>(); }

}  // namespace ehc
