// Runs a fuzz target without libFuzzer: over the files and folders named on the command line, and over copies
// of each with a few bytes changed, always the same.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

constexpr int kCopies = 20;
constexpr std::uintmax_t kLargest = 1 << 20;

using Input = std::vector<std::uint8_t>;

void run(const Input& input) {
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

void run_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const Input input{std::istreambuf_iterator<char>(file), {}};
  run(input);
  std::mt19937 random(static_cast<unsigned>(input.size()));
  for (int i = 0; i < kCopies && !input.empty(); ++i) {
    Input copy = input;
    for (int change = 0; change <= i % 4; ++change) {
      copy[random() % copy.size()] = static_cast<std::uint8_t>(random());
    }
    run(copy);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::exists(argv[i])) continue;
    for (const auto& file : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!file.is_regular_file() || file.file_size() > kLargest) continue;
      run_file(file.path());
      ++files;
    }
  }
  run({});
  if (files == 0) {
    std::cout << "skipped: replay (no files to replay)\n";
    return 77;
  }
  std::cout << "passed: replay of " << files << " files\n";
}
