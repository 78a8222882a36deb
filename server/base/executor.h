#ifndef EHC_SERVER_BASE_EXECUTOR_H_
#define EHC_SERVER_BASE_EXECUTOR_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace ehc {

enum class Priority { kNormal, kSafeguarding };

// A fixed number of threads over two bounded queues. Safeguarding work is taken first, and each
// priority has its own capacity: a flood of normal calls neither delays nor refuses a safeguarding
// one. Threads that are reserved take nothing else, so that it need not wait either until a normal
// task has ended. Within a priority tasks start in the order they were submitted. Thread safe.
class Executor {
 public:
  using Task = absl::AnyInvocable<void()>;

  // What each worker runs after every task, and with `nothing_queued` before it goes to sleep or
  // ends: work that may wait a little for company. What a task leaves to it while more_is_coming()
  // is certain to be offered again with nothing_queued, for its own worker comes to that point.
  using BetweenTasks = std::function<void(bool nothing_queued)>;

  // REQUIRES: threads > 0, queue_capacity > 0 (waiting tasks per priority; running ones not
  // counted). `reserved`: threads for safeguarding work alone, beside the others.
  Executor(size_t threads, size_t queue_capacity, BetweenTasks between_tasks = nullptr,
           size_t reserved = 0);
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  ~Executor();  // Shuts down.

  // False, leaving `task` untouched, if the queue is full or shutdown has begun. Never blocks on
  // work. Tasks must not throw.
  [[nodiscard]] bool TrySubmit(Task&& task, Priority priority = Priority::kNormal);

  // Refuses new tasks, runs all accepted ones, joins the threads. Idempotent. Must not be called
  // from a task.
  void Shutdown();

  // Asked by a task: whether others wait behind it, for whose company it may wait; a safeguarding
  // task waits for nobody's. False on any thread that is not a worker of this. Takes no lock.
  bool more_is_coming() const;
  // Whether the calling thread is at a safeguarding task of this. Takes no lock.
  bool is_at_safeguarding() const;
  size_t queue_depth() const;  // Tasks waiting, of both priorities.
  size_t queue_depth(Priority priority) const;

 private:
  class Ring {
   public:
    explicit Ring(size_t capacity) : slots_(capacity) {}
    bool full() const { return size_ == slots_.size(); }
    bool empty() const { return size_ == 0; }
    size_t size() const { return size_; }
    void Push(Task&& task);
    Task Pop();

   private:
    std::vector<Task> slots_;
    size_t front_ = 0;
    size_t size_ = 0;
  };

  void Work();
  void WorkReserved();
  // REQUIRES: the lock held, as it is again afterwards.
  void Run(Ring& queue, Priority priority, std::unique_lock<std::mutex>& lock);
  void OfferIdleness(std::unique_lock<std::mutex>& lock);
  // REQUIRES: the lock held, as it is again afterwards. False: nothing will come any more.
  bool WaitForWork(std::unique_lock<std::mutex>& lock);
  bool WaitForSafeguarding(std::unique_lock<std::mutex>& lock);
  Ring& QueueOf(Priority priority);
  const Ring& QueueOf(Priority priority) const;
  bool NothingQueued() const { return safeguarding_.empty() && normal_.empty(); }

  const BetweenTasks between_tasks_;
  std::atomic<size_t> queued_{0};  // written under mutex_
  mutable std::mutex mutex_;       // Guards everything below up to threads_.
  std::condition_variable work_ready_;
  std::condition_variable safeguarding_ready_;  // for those that are reserved
  Ring safeguarding_;
  Ring normal_;
  size_t idle_workers_ = 0;
  size_t idle_reserved_ = 0;
  bool shutting_down_ = false;

  std::mutex join_mutex_;  // Guards threads_.
  std::vector<std::thread> threads_;
};

}  // namespace ehc

#endif  // EHC_SERVER_BASE_EXECUTOR_H_
