#include "server/base/executor.h"

#include <utility>

#include "server/base/status_macros.h"

namespace ehc {
namespace {

thread_local const Executor* working_for = nullptr;
thread_local Priority working_at = Priority::kNormal;

}  // namespace

bool Executor::more_is_coming() const {
  return working_for == this && working_at != Priority::kSafeguarding &&
         queued_.load(std::memory_order_acquire) > 0;
}

bool Executor::is_at_safeguarding() const {
  return working_for == this && working_at == Priority::kSafeguarding;
}

void Executor::Ring::Push(Task&& task) {
  slots_[(front_ + size_) % slots_.size()] = std::move(task);
  ++size_;
}

Executor::Task Executor::Ring::Pop() {
  Task task = std::move(slots_[front_]);
  front_ = (front_ + 1) % slots_.size();
  --size_;
  return task;
}

Executor::Executor(size_t threads, size_t queue_capacity, BetweenTasks between_tasks,
                   size_t reserved)
    : between_tasks_(std::move(between_tasks)),
      safeguarding_(queue_capacity),
      normal_(queue_capacity) {
  EHC_CHECK(threads > 0 && queue_capacity > 0);
  threads_.reserve(threads + reserved);
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
  for (size_t i = 0; i < reserved; ++i) threads_.emplace_back([this] { WorkReserved(); });
}

Executor::~Executor() { Shutdown(); }

bool Executor::TrySubmit(Task&& task, Priority priority) {
  bool wake_worker;
  bool wake_reserved;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    Ring& queue = QueueOf(priority);
    if (shutting_down_ || queue.full()) return false;
    queue.Push(std::move(task));
    queued_.fetch_add(1, std::memory_order_release);
    wake_worker = idle_workers_ > 0;
    wake_reserved = !wake_worker && priority == Priority::kSafeguarding && idle_reserved_ > 0;
  }
  if (wake_worker) work_ready_.notify_one();
  if (wake_reserved) safeguarding_ready_.notify_one();
  return true;
}

void Executor::Shutdown() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    shutting_down_ = true;
  }
  work_ready_.notify_all();
  safeguarding_ready_.notify_all();
  std::lock_guard<std::mutex> lock(join_mutex_);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

size_t Executor::queue_depth() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return safeguarding_.size() + normal_.size();
}

size_t Executor::queue_depth(Priority priority) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return QueueOf(priority).size();
}

void Executor::Work() {
  working_for = this;
  std::unique_lock<std::mutex> lock(mutex_);
  while (WaitForWork(lock)) {
    if (safeguarding_.empty()) {
      Run(normal_, Priority::kNormal, lock);
    } else {
      Run(safeguarding_, Priority::kSafeguarding, lock);
    }
  }
}

void Executor::WorkReserved() {
  working_for = this;
  std::unique_lock<std::mutex> lock(mutex_);
  while (WaitForSafeguarding(lock)) Run(safeguarding_, Priority::kSafeguarding, lock);
}

void Executor::Run(Ring& queue, Priority priority, std::unique_lock<std::mutex>& lock) {
  Task task = queue.Pop();
  queued_.fetch_sub(1, std::memory_order_release);
  lock.unlock();
  working_at = priority;
  task();
  task = nullptr;  // Whatever it held is released before the mutex is taken again.
  working_at = Priority::kNormal;
  if (between_tasks_) between_tasks_(false);
  lock.lock();
}

void Executor::OfferIdleness(std::unique_lock<std::mutex>& lock) {
  if (!between_tasks_) return;
  lock.unlock();
  between_tasks_(true);
  lock.lock();
}

bool Executor::WaitForSafeguarding(std::unique_lock<std::mutex>& lock) {
  if (safeguarding_.empty() && NothingQueued()) OfferIdleness(lock);
  while (safeguarding_.empty()) {
    if (shutting_down_) return false;
    ++idle_reserved_;
    safeguarding_ready_.wait(lock);
    --idle_reserved_;
  }
  return true;
}

bool Executor::WaitForWork(std::unique_lock<std::mutex>& lock) {
  if (NothingQueued()) OfferIdleness(lock);
  while (NothingQueued()) {
    if (shutting_down_) return false;
    ++idle_workers_;
    work_ready_.wait(lock);
    --idle_workers_;
  }
  return true;
}

Executor::Ring& Executor::QueueOf(Priority priority) {
  return priority == Priority::kSafeguarding ? safeguarding_ : normal_;
}

const Executor::Ring& Executor::QueueOf(Priority priority) const {
  return priority == Priority::kSafeguarding ? safeguarding_ : normal_;
}

}  // namespace ehc
