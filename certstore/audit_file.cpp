#include "certstore/audit_file.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/limits.h"
#include "certstore/store_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <utility>

namespace certstore {
namespace {

// Fields stand in the order of the alphabet, so the first one tells what a line is.
constexpr std::string_view kSignedHeadBegins = "{\"certificate\":";
// Enough for the last record and its head, whatever is in them.
constexpr std::uint64_t kTail = 2 * limits::kStoreRecord;

void lock(const FileDescriptor& descriptor, const std::string& name) {
  while (::flock(descriptor.get(), LOCK_EX) != 0) {
    if (errno != EINTR) throw_errno("lock", name, errno);
    throw_if_interrupted();
  }
}

using LineVisitor = std::function<void(ByteView)>;

// Every line from `offset` on, without its end; returns what follows the last end. Throws Error(store) for
// one that is longer than any record.
Bytes visit_lines(const InputFile& file, std::uint64_t offset, const LineVisitor& visitor) {
  Bytes line;
  Bytes window(1 << 16);
  for (std::uint64_t done = offset; done < file.size(); done += window.size()) {
    window.resize(static_cast<std::size_t>(std::min<std::uint64_t>(window.size(), file.size() - done)));
    file.read_at(done, window);
    for (auto begin = window.begin(); begin != window.end();) {
      const auto end = std::find(begin, window.end(), '\n');
      line.insert(line.end(), begin, end);
      if (line.size() > limits::kStoreRecord) {
        throw Error(ErrorKind::store, in_quotes(file.name()) + " is no audit log: it has a line too long");
      }
      if (end == window.end()) break;
      visitor(line);
      line.clear();
      begin = end + 1;
    }
  }
  return line;
}

// Follows a file, or its end.
class FileCheck {
 public:
  FileCheck(const InputFile& file, AuditExpectation expectation)
      : file_(file), check_(std::move(expectation)) {}

  // From the first line that begins behind `offset`.
  AuditState run(std::uint64_t offset) {
    bool is_whole = offset == 0;
    const Bytes rest = visit_lines(file_, offset, [&](ByteView line) {
      if (std::exchange(is_whole, true)) take(line);
    });
    if (!rest.empty()) state_.broken.emplace_back("the last line is cut short");
    const auto found = check_.finish();
    state_.broken.insert(state_.broken.end(), found.begin(), found.end());
    state_.records = check_.records();
    state_.start = check_.start();
    state_.last = check_.last();
    return std::move(state_);
  }

 private:
  void take(ByteView line) {
    try {
      if (as_text(line).starts_with(kSignedHeadBegins)) {
        state_.signed_head = parse_signed_head(line);
        check_.take(*state_.signed_head);
      } else {
        check_.take(parse_audit_record(line).number, line);
      }
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::store) throw;
      const std::string behind = std::to_string(check_.last().number);
      state_.broken.push_back("the line behind record " + behind + " was changed: " + error.what());
    }
  }

  const InputFile& file_;
  AuditCheck check_;
  AuditState state_;
};

void write_all(const FileDescriptor& descriptor, ByteView bytes, const std::string& name) {
  // One call, so that a kill leaves all of it or nothing; only a full disk writes a part.
  const ssize_t written = ::write(descriptor.get(), bytes.data(), bytes.size());
  if (written < 0) throw_errno("write", name, errno);
  if (static_cast<std::size_t>(written) != bytes.size()) {
    throw Error(ErrorKind::io, in_quotes(name) + " took only a part of the record",
                "is the disk full? begin another file");
  }
}

}  // namespace

AuditFile::AuditFile(const std::filesystem::path& path, AuditHead start)
    : name_(path.string()), start_(start) {
  descriptor_ = FileDescriptor(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!descriptor_.is_open()) throw_errno("write", name_, errno);
  sync(open_folder(path.has_parent_path() ? path.parent_path() : "."), path);
  static_cast<void>(last());
}

AuditHead AuditFile::last() const {
  const InputFile file(FileDescriptor(::fcntl(descriptor_.get(), F_DUPFD_CLOEXEC, 0)), name_);
  if (file.size() == 0) return start_;
  const AuditState state = FileCheck(file, {}).run(file.size() > kTail ? file.size() - kTail : 0);
  // A head must not be signed over a break.
  if (state.broken.empty() && state.records != 0) return state.last;
  throw Error(ErrorKind::store,
              in_quotes(name_) + " cannot be continued: " +
                  (state.broken.empty() ? "it has no record" : state.broken.front()),
              "keep it as it is, and begin another file");
}

void AuditFile::append(const AuditEvent& event, const Actor& who, const HeadSigner* signer) {
  lock(descriptor_, name_);
  const AuditRecord record = next_record(last(), event, who, signer != nullptr);
  Bytes lines = to_json(record);
  lines.push_back('\n');
  if (signer != nullptr) {
    certstore::append(lines, to_json(signer->sign(record.head(), who.when)));
    lines.push_back('\n');
  }
  write_all(descriptor_, lines, name_);
  sync(descriptor_, name_);
  ::flock(descriptor_.get(), LOCK_UN);
}

AuditState check_audit_file(const InputFile& file, AuditExpectation expectation) {
  expectation.start.reset();
  return FileCheck(file, std::move(expectation)).run(0);
}

}  // namespace certstore
