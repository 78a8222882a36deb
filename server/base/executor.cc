#include "server/base/executor.h"

#include <utility>

#include "server/base/status_macros.h"

namespace ehc {

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

Executor::Executor(size_t threads, size_t queue_capacity)
    : safeguarding_(queue_capacity), normal_(queue_capacity) {
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
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    while (NothingQueued()) {
      if (shutting_down_) return;
      ++idle_workers_;
      work_ready_.wait(lock);
      --idle_workers_;
    }
    Task task = (safeguarding_.empty() ? normal_ : safeguarding_).Pop();
    lock.unlock();
    task();
    task = nullptr;  // Whatever it held is released before the mutex is taken again.
    lock.lock();
  }
}

Executor::Ring& Executor::QueueOf(Priority priority) {
  return priority == Priority::kSafeguarding ? safeguarding_ : normal_;
}

const Executor::Ring& Executor::QueueOf(Priority priority) const {
  return priority == Priority::kSafeguarding ? safeguarding_ : normal_;
}

}  // namespace ehc
