// What the parts cost that a run is made of, apart from each other: index, inflating and hashing, CMS, RSA,
// the store. Google Benchmark; nothing here fails by time. tests/bench/run.sh measures whole runs, against
// peers.
#include "certstore/base/parallel.h"
#include "certstore/raw_signature.h"
#include "formats/zip/reader.h"
#include "tests/store/store_fixtures.h"
#include "tests/unit/cms_files.h"
#include "tests/unit/zip_builder.h"

#include <benchmark/benchmark.h>

#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>

namespace {

namespace zip = formats::zip;
using certstore::InputFile;

// Text that deflates to about a third, as scripts and XML do, and another one for each `seed`.
std::string text_of_size(std::size_t size, std::uint32_t seed) {
  std::string text;
  for (std::uint32_t state = seed; text.size() < size;) {
    state = state * 1664525U + 1013904223U;
    text += "<entry key=\"" + std::to_string(state >> 20U) + "\">value</entry>\n";
  }
  text.resize(size);
  return text;
}

// A file in memory, so that no disk is measured.
InputFile file_of(certstore::ByteView bytes) {
  certstore::FileDescriptor descriptor(::memfd_create("pkgtrust-bench", MFD_CLOEXEC));
  std::size_t done = 0;
  while (descriptor.is_open() && done < bytes.size()) {
    const ssize_t put = ::write(descriptor.get(), bytes.data() + done, bytes.size() - done);
    if (put <= 0) break;
    done += static_cast<std::size_t>(put);
  }
  if (done < bytes.size()) throw std::runtime_error("memfd_create");
  return {std::move(descriptor), "benchmark"};
}

InputFile archive_of(std::int64_t entries, std::size_t size) {
  zip_test::BuiltArchive archive;
  for (std::int64_t i = 0; i < entries; ++i) {
    const auto number = static_cast<std::uint32_t>(i);
    archive.entries.push_back(
        zip_test::deflated("folder" + std::to_string(i % 100) + "/file" + std::to_string(i) + ".xml",
                           text_of_size(size, number)));
  }
  return file_of(archive.build());
}

void index_of_an_archive(benchmark::State& state) {
  const InputFile file = archive_of(state.range(0), 100);
  for (auto _ : state) {
    const zip::IndexResult result = zip::read_index(file);
    if (!result.sound()) state.SkipWithError("the archive is not sound");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(index_of_an_archive)->Arg(1'000)->Arg(50'000)->Unit(benchmark::kMillisecond);

// The size of an entry, of which there are as many as make 16 MiB.
void inflate_and_hash(benchmark::State& state) {
  const std::int64_t total = 16 << 20;
  const InputFile file = archive_of(total / state.range(0), static_cast<std::size_t>(state.range(0)));
  const zip::IndexResult result = zip::read_index(file);
  certstore::Digester digester(certstore::DigestAlgorithm::sha256);
  for (auto _ : state) {
    for (const zip::Entry& entry : result.index.entries) {
      digester.restart();
      const auto damage =
          zip::read_entry(file, entry, [&](certstore::ByteView piece) { digester.update(piece); });
      if (damage) state.SkipWithError("an entry is damaged");
      benchmark::DoNotOptimize(digester.finish());
    }
  }
  state.SetBytesProcessed(state.iterations() * total);
}
BENCHMARK(inflate_and_hash)->Arg(1 << 10)->Arg(16 << 10)->Arg(16 << 20)->Unit(benchmark::kMillisecond);

void cms_made(benchmark::State& state, const char* kind) {
  const certstore::Signer& signer = tests::signer_of(kind);
  for (auto _ : state) benchmark::DoNotOptimize(tests::sign(signer));
}
BENCHMARK_CAPTURE(cms_made, rsa_2048, "rsa-2048")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(cms_made, p_256, "p-256")->Unit(benchmark::kMicrosecond);

void cms_read_and_checked(benchmark::State& state, const char* kind) {
  const certstore::Bytes file = tests::sign(tests::signer_of(kind));
  for (auto _ : state) {
    const auto read = certstore::cms::parse(file, "benchmark");
    if (tests::word_of(tests::ask(read)) != "good") state.SkipWithError("it is not good");
  }
}
BENCHMARK_CAPTURE(cms_read_and_checked, rsa_2048, "rsa-2048")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(cms_read_and_checked, p_256, "p-256")->Unit(benchmark::kMicrosecond);

// Signatures of a vRO package: one for each of its files, by so many threads.
void rsa_queue(benchmark::State& state) {
  const certstore::PrivateKey key = certstore::PrivateKey::make_rsa(2048);
  const certstore::Bytes message(1000, 0x5A);
  const std::size_t count = 200;
  for (auto _ : state) {
    certstore::for_each_parallel(count, static_cast<unsigned>(state.range(0)), [&](std::size_t) {
      benchmark::DoNotOptimize(certstore::sign_message(key, message));
    });
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}
BENCHMARK(rsa_queue)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

void store_opened(benchmark::State& state) {
  const store_fixtures::TemporaryFolder folder;
  const auto passphrase = store_fixtures::secret("benchmark");
  certstore::KeyStore::create(folder.path / "keys", passphrase, store_fixtures::kCheap);
  for (auto _ : state) {
    const auto store = certstore::KeyStore::open(folder.path / "keys", certstore::OpenMode::read);
    benchmark::DoNotOptimize(store.list());
  }
}
BENCHMARK(store_opened)->Unit(benchmark::kMicrosecond);

// The memory of the key derivation in MiB, one pass: what a passphrase costs.
void store_unlocked(benchmark::State& state) {
  const store_fixtures::TemporaryFolder folder;
  const auto passphrase = store_fixtures::secret("benchmark");
  const certstore::KdfCost cost{.passes = 1, .memory = static_cast<std::uint64_t>(state.range(0)) << 20U};
  const auto store = certstore::KeyStore::create(folder.path / "keys", passphrase, cost);
  for (auto _ : state) benchmark::DoNotOptimize(store.unlock(passphrase));
}
BENCHMARK(store_unlocked)->Arg(8)->Arg(64)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  const store_fixtures::ProtectSecrets started;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  return benchmark::RunSpecifiedBenchmarks() == 0 ? 1 : 0;
}
