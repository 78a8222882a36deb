#include "server/base/executor.h"

#include <utility>

#include "server/base/status_macros.h"

namespace ehc {
namespace {

thread_local const Executor* working_for = nullptr;

}  // namespace

bool Executor::more_is_coming() const {
  return working_for == this && queued_.load(std::memory_order_acquire) > 0;
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

Executor::Executor(size_t threads, size_t queue_capacity, BetweenTasks between_tasks)
    : between_tasks_(std::move(between_tasks)),
      safeguarding_(queue_capacity),
      normal_(queue_capacity) {
  EHC_CHECK(threads > 0 && queue_capacity > 0);
  threads_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Executor::~Executor() { Shutdown(); }

bool Executor::TrySubmit(Task&& task, Priority priority) {
  bool wake_worker;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    Ring& queue = QueueOf(priority);
    if (shutting_down_ || queue.full()) return false;
    queue.Push(std::move(task));
    queued_.fetch_add(1, std::memory_order_release);
    wake_worker = idle_workers_ > 0;
  }
  if (wake_worker) work_ready_.notify_one();
  return true;
}

void Executor::Shutdown() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    shutting_down_ = true;
  }
  work_ready_.notify_all();
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
    Task task = (safeguarding_.empty() ? normal_ : safeguarding_).Pop();
    queued_.fetch_sub(1, std::memory_order_release);
    lock.unlock();
    task();
    task = nullptr;  // Whatever it held is released before the mutex is taken again.
    if (between_tasks_) between_tasks_(false);
    lock.lock();
  }
}

bool Executor::WaitForWork(std::unique_lock<std::mutex>& lock) {
  if (NothingQueued() && between_tasks_) {
    lock.unlock();
    between_tasks_(true);
    lock.lock();
  }
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
