// The descriptions of one registrar's children, compact and filed under their blocks. Belongs to
// MatchIndex; one shard tells nothing of another: an answer about one agency's children rests on
// nothing that others registered.
//
// Thread safety: const methods may run at the same time; the others alone.
#ifndef EHC_SERVER_MATCHING_SHARD_H_
#define EHC_SERVER_MATCHING_SHARD_H_

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "server/matching/blocks.h"
#include "server/matching/compare.h"
#include "server/matching/rules.h"
#include "server/model/names.h"

namespace ehc {

class MatchShard {
 public:
  explicit MatchShard(const NameLore& lore) : lore_(lore) {}

  // One more description of the child, beside those that are there.
  void Add(SubjectId subject, const PersonWords& person);
  // All descriptions of the child.
  void Remove(SubjectId subject);
  bool Has(SubjectId subject) const { return places_.contains(subject.value); }
  size_t words() const { return given_.size() + family_.size(); }
  int64_t accounts() const { return accounts_; }
  std::vector<SubjectId> Subjects() const;
  // The child's descriptions. They point into the shard.
  std::vector<PersonView> AccountsOf(SubjectId subject) const;

  struct Found {
    SubjectId subject;
    Comparison comparison;
  };
  struct Search {
    std::vector<Found> found;  // of at least the revision's low score, in no order
    bool cut_short = false;    // too many share a block: there may be more
  };
  Search Find(const PersonView& asked, const MatchRevision& revision) const;

 private:
  static constexpr uint32_t kNothing = 0xffffffff;

  struct Entry {
    int64_t subject = 0;
    uint64_t postcode = 0;
    std::array<uint32_t, kMostWords> given{kNothing, kNothing, kNothing};
    std::array<uint32_t, kMostWords> family{kNothing, kNothing, kNothing};
    int32_t birth = kNoBirth;
    uint32_t next = kNothing;  // the child's next description
    bool birth_expected = false;
    RecordedSex sex = RecordedSex::kUnknown;
  };
  // One entry under one key; a list per key.
  struct Filed {
    uint32_t entry;
    uint32_t next;
  };
  // Words are kept once. One that nobody bears any more is overwritten: a rare name is a person's.
  class WordTable {
   public:
    uint32_t Add(const NameWord& word);
    void Release(uint32_t number);
    const NameWord& at(uint32_t number) const { return words_[number]; }
    int64_t CountOf(const NameWord& word) const;
    size_t size() const { return numbers_.size(); }

   private:
    absl::flat_hash_map<absl::string_view, uint32_t> numbers_;  // keys point into words_
    std::deque<NameWord> words_;
    std::vector<int32_t> counts_;
    std::vector<uint32_t> free_;
  };

  Entry ToEntry(SubjectId subject, const PersonWords& person);
  PersonView ViewOfEntry(const Entry& entry) const;
  uint32_t TakePlace();
  void File(uint32_t place);
  void Unfile(uint32_t place);
  void ReleaseWords(const Entry& entry);
  // Places of the entries that share a key, each once.
  std::vector<uint32_t> Candidates(const BlockKeys& keys, bool* cut_short) const;

  const NameLore& lore_;
  WordTable given_;
  WordTable family_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> free_entries_;
  std::vector<Filed> filed_;
  uint32_t free_filed_ = kNothing;
  absl::flat_hash_map<uint32_t, uint32_t> heads_;  // key → first in filed_
  absl::flat_hash_map<int64_t, uint32_t> places_;  // subject → first of its entries
  int64_t accounts_ = 0;
};

}  // namespace ehc

#endif  // EHC_SERVER_MATCHING_SHARD_H_
