// SQLite's file system with a plug to pull: what was written and not synced may be lost, in any
// part, and what the files then hold is taken as a copy while the hub goes on.
#ifndef EHC_TESTS_CHAOS_POWER_CUT_H_
#define EHC_TESTS_CHAOS_POWER_CUT_H_

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace ehc {

// The default file system of this process's SQLite once Get() was called. Thread safe.
class PowerCut {
 public:
  static PowerCut& Get() {
    static PowerCut disk;
    return disk;
  }

  // A disk that says "synced" and has done nothing.
  void Lie(bool lies) {
    const std::lock_guard lock(mutex_);
    lies_ = lies;
    for (auto& [path, unsynced] : unsynced_) unsynced.clear();
  }

  // Copies `folder` to `image` as a cut at this moment may leave it. `at_the_moment` runs while
  // nothing is written. Of what was not synced each write is lost with `loss`, a probability.
  void Cut(const std::string& folder, const std::string& image, double loss,
           std::mt19937_64& random, const std::function<void()>& at_the_moment) {
    const std::lock_guard lock(mutex_);
    at_the_moment();
    std::filesystem::create_directories(image);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      const std::string name = entry.path().filename();
      if (name.ends_with(".lock") || name.ends_with("-shm")) continue;
      const std::string copy = image + "/" + name;
      std::filesystem::copy_file(entry.path(), copy);
      Undo(unsynced_[entry.path()], copy, loss, random);
    }
  }

  int64_t syncs() const { return syncs_; }

 private:
  // What a write or a truncation replaced.
  struct Write {
    sqlite3_int64 offset = 0;
    std::string before;
    sqlite3_int64 size_before = 0;
  };

  PowerCut() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
    vfs_.zName = "power-cut";
    vfs_.pNext = nullptr;
    vfs_.xOpen = &Open;
    sqlite3_vfs_register(&vfs_, 1);
  }

  static void Undo(const std::vector<Write>& writes, const std::string& copy, double loss,
                   std::mt19937_64& random) {
    std::bernoulli_distribution is_lost(loss);
    for (auto write = writes.rbegin(); write != writes.rend(); ++write) {
      if (!is_lost(random)) continue;
      std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(write->offset);
      file.write(write->before.data(), static_cast<std::streamsize>(write->before.size()));
      file.close();
      if (loss == 1.0) {
        std::filesystem::resize_file(copy, static_cast<uintmax_t>(write->size_before));
      }
    }
  }

  static int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    PowerCut& disk = Get();
    const int code = disk.real_->xOpen(disk.real_, name, file, flags, out);
    if (code != SQLITE_OK || file->pMethods == nullptr || name == nullptr) return code;
    const std::lock_guard lock(disk.mutex_);
    disk.paths_[file] = name;
    auto& methods = disk.methods_[file->pMethods];
    if (methods == nullptr) {
      methods = std::make_unique<sqlite3_io_methods>(*file->pMethods);
      disk.originals_[methods.get()] = file->pMethods;
      methods->xWrite = &OnWrite;
      methods->xTruncate = &OnTruncate;
      methods->xSync = &OnSync;
      methods->xClose = &OnClose;
    }
    file->pMethods = methods.get();
    return code;
  }

  const sqlite3_io_methods* RealOf(sqlite3_file* file) const {
    return originals_.at(file->pMethods);
  }

  void Remember(sqlite3_file* file, sqlite3_int64 offset, sqlite3_int64 length) {
    Write write;
    write.offset = offset;
    RealOf(file)->xFileSize(file, &write.size_before);
    const sqlite3_int64 end = std::min(offset + length, write.size_before);
    if (end > offset) {
      write.before.resize(static_cast<size_t>(end - offset));
      RealOf(file)->xRead(file, write.before.data(), static_cast<int>(end - offset), offset);
    }
    unsynced_[paths_[file]].push_back(std::move(write));
  }

  static int OnWrite(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    PowerCut& disk = Get();
    const std::lock_guard lock(disk.mutex_);
    disk.Remember(file, offset, size);
    return disk.RealOf(file)->xWrite(file, bytes, size, offset);
  }
  static int OnTruncate(sqlite3_file* file, sqlite3_int64 size) {
    PowerCut& disk = Get();
    const std::lock_guard lock(disk.mutex_);
    sqlite3_int64 before = 0;
    disk.RealOf(file)->xFileSize(file, &before);
    disk.Remember(file, size, std::max<sqlite3_int64>(0, before - size));
    return disk.RealOf(file)->xTruncate(file, size);
  }
  static int OnSync(sqlite3_file* file, int flags) {
    PowerCut& disk = Get();
    const std::lock_guard lock(disk.mutex_);
    ++disk.syncs_;
    if (disk.lies_) return SQLITE_OK;
    const int code = disk.RealOf(file)->xSync(file, flags);
    if (code == SQLITE_OK) disk.unsynced_[disk.paths_[file]].clear();
    return code;
  }
  static int OnClose(sqlite3_file* file) {
    PowerCut& disk = Get();
    const sqlite3_io_methods* real = nullptr;
    {
      const std::lock_guard lock(disk.mutex_);
      real = disk.RealOf(file);
      disk.paths_.erase(file);
    }
    return real->xClose(file);
  }

  sqlite3_vfs* const real_;
  sqlite3_vfs vfs_;
  std::mutex mutex_;  // guards what follows
  bool lies_ = false;
  int64_t syncs_ = 0;
  std::map<sqlite3_file*, std::string> paths_;
  std::map<const sqlite3_io_methods*, std::unique_ptr<sqlite3_io_methods>> methods_;
  std::map<const sqlite3_io_methods*, const sqlite3_io_methods*> originals_;
  std::map<std::string, std::vector<Write>> unsynced_;
};

}  // namespace ehc

#endif  // EHC_TESTS_CHAOS_POWER_CUT_H_
