#include "signer/sign.h"
#include "certstore/base/error.h"
#include "signer/remaining.h"
#include "tests/unit/certificates.h"
#include "tests/unit/fake_package.h"
#include "tests/unit/vro_files.h"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <functional>

using certstore::Error;
using certstore::ErrorKind;
using signer::PreparedPackage;
using signer::Target;
using tests::TemporaryFolder;

namespace {

certstore::Certificate certificate_of(const std::string& name) {
  // So that the test ends well in any year.
  return tests::make_self_signed_certificate(
      {.common_name = name, .not_after = certstore::parse_instant("9999-12-31"), .extensions = {}});
}

// Does something bad around the plan that it wraps.
class Sabotage : public formats::SigningPlan {
 public:
  using Deed =
      std::function<void(const formats::SigningPlan&, const certstore::Signer&, certstore::AtomicFile&)>;
  Sabotage(std::unique_ptr<formats::SigningPlan> plan, Deed deed)
      : plan_(std::move(plan)), deed_(std::move(deed)) {}
  void write(std::span<const certstore::Signer> signers, certstore::AtomicFile& out) const override {
    deed_(*plan_, signers.front(), out);
  }
  std::size_t signed_entries() const override { return plan_->signed_entries(); }

 private:
  std::unique_ptr<formats::SigningPlan> plan_;
  Deed deed_;
};

// A folder with an unsigned package and an older target, and an identity.
struct Bench {
  Bench() {
    const auto package = vro_test::archive_of(vro_test::unsigned_members());
    const auto bytes = package.read_all(1 << 20);
    tests::put(input, std::string(certstore::as_text(bytes)));
    tests::put(target, "older");
  }
  formats::SigningRequest request() const {
    return {.signer = certificate, .chain = {}, .time = certstore::parse_instant("2026-01-01"), .serial = {}};
  }
  certstore::Signer identity() const {
    const auto pkcs8 = tests::key_named("server").to_pkcs8();
    return {certstore::PrivateKey::from_pkcs8(pkcs8.view(), "server"), certificate, {}};
  }
  // Signs with the plan spoiled by `deed`; returns the kind of the refusal, or nothing.
  std::optional<ErrorKind> sign(const Sabotage::Deed& deed) const {
    PreparedPackage prepared = signer::prepare(input, request());
    prepared.plan = std::make_unique<Sabotage>(std::move(prepared.plan), deed);
    try {
      const certstore::Signer by = identity();
      signer::write_signed(prepared, request(), {&by, 1}, {target, certstore::Existing::replace, {}},
                           [](const certstore::Sha256&) {});
      return std::nullopt;
    } catch (const Error& error) {
      return error.kind();
    }
  }

  TemporaryFolder folder;
  std::filesystem::path input = folder.path() / "in.package";
  std::filesystem::path target = folder.path() / "out/target.package";
  certstore::Certificate certificate = certificate_of("server");
};

}  // namespace

BOOST_AUTO_TEST_SUITE(signing)

BOOST_AUTO_TEST_CASE(an_undisturbed_package_is_signed) {
  const Bench bench;
  const auto refusal = bench.sign([](const auto& plan, const auto& signer, auto& out) {
    plan.write({&signer, 1}, out);
  });
  BOOST_TEST(!refusal.has_value());
  BOOST_TEST(tests::content_of(bench.target).starts_with("PK"));
}

BOOST_AUTO_TEST_CASE(a_directory_that_vanishes_while_it_is_written_is_an_error) {
  const Bench bench;
  const auto refusal = bench.sign([&](const auto& plan, const auto& signer, auto& out) {
    plan.write({&signer, 1}, out);
    std::filesystem::remove_all(bench.folder.path() / "out");
  });
  BOOST_TEST((refusal == ErrorKind::io));
  BOOST_TEST(!std::filesystem::exists(bench.folder.path() / "out"));
}

BOOST_AUTO_TEST_CASE(a_package_that_changes_while_it_is_signed_is_refused) {
  const Bench bench;
  const auto refusal = bench.sign([&](const auto& plan, const auto& signer, auto& out) {
    plan.write({&signer, 1}, out);
    std::ofstream(bench.input, std::ios::app) << "more";
  });
  BOOST_TEST((refusal == ErrorKind::io));
  BOOST_TEST(tests::content_of(bench.target) == "older");
}

BOOST_AUTO_TEST_CASE(what_does_not_verify_is_never_put_in_place) {
  const Bench bench;
  const auto refusal = bench.sign([](const auto& plan, const auto& signer, auto& out) {
    plan.write({&signer, 1}, out);
    out.write(certstore::as_bytes("a tail that no reader accepts"));
  });
  BOOST_TEST((refusal == ErrorKind::internal));
  BOOST_TEST(tests::content_of(bench.target) == "older");
}

BOOST_AUTO_TEST_CASE(an_unsigned_copy_is_never_put_in_place) {
  const Bench bench;
  const auto input = certstore::InputFile::open(bench.input);
  const auto refusal =
      bench.sign([&](const auto&, const auto&, auto& out) { out.copy(input, 0, input.size()); });
  BOOST_TEST((refusal == ErrorKind::internal));
  BOOST_TEST(tests::content_of(bench.target) == "older");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_back_is_a_trouble_of_the_disk_and_no_bug) {
  const Bench bench;
  const auto refusal = bench.sign([&](const auto& plan, const auto& signer, auto& out) {
    plan.write({&signer, 1}, out);
    // Whatever is read from a folder is an error.
    const certstore::FileDescriptor folder(::open(bench.folder.path().c_str(), O_RDONLY | O_DIRECTORY));
    BOOST_REQUIRE(::dup2(folder.get(), out.descriptor()) >= 0);
  });
  BOOST_TEST((refusal == ErrorKind::io));
  BOOST_TEST(tests::content_of(bench.target) == "older");
}

BOOST_AUTO_TEST_CASE(a_certificate_that_ends_while_its_key_signs_is_told_by_its_date) {
  Bench bench;
  bench.certificate = tests::make_self_signed_certificate(
      {.common_name = "server", .not_after = certstore::parse_instant("2020-02-01"), .extensions = {}});
  const auto refusal = bench.sign([](const auto& plan, const auto& signer, auto& out) {
    plan.write({&signer, 1}, out);
  });
  BOOST_TEST((refusal == ErrorKind::dates));
  BOOST_TEST(tests::content_of(bench.target) == "older");
}

BOOST_AUTO_TEST_CASE(a_failure_while_writing_leaves_the_target_and_no_other_file) {
  const Bench bench;
  const auto refusal = bench.sign([](const auto&, const auto&, auto& out) {
    out.write(certstore::as_bytes("half"));
    throw Error(ErrorKind::io, "no space is left");
  });
  BOOST_TEST((refusal == ErrorKind::io));
  BOOST_TEST(tests::content_of(bench.target) == "older");
  const std::filesystem::directory_iterator files(bench.folder.path() / "out");
  BOOST_TEST(std::distance(begin(files), end(files)) == 1);
}

BOOST_AUTO_TEST_CASE(an_identity_that_is_another_than_was_planned_for_is_refused) {
  const Bench bench;
  const PreparedPackage prepared = signer::prepare(bench.input, bench.request());
  formats::SigningRequest other = bench.request();
  other.signer = certificate_of("another");
  const certstore::Signer by = bench.identity();
  BOOST_CHECK_EXCEPTION(signer::write_signed(prepared, other, {&by, 1}, {bench.target}, [](const auto&) {}),
                        Error, [](const Error& error) { return error.kind() == ErrorKind::key; });
}

BOOST_AUTO_TEST_CASE(signers_that_were_not_planned_are_refused) {
  const Bench bench;
  const PreparedPackage prepared = signer::prepare(bench.input, bench.request());
  std::vector<certstore::Signer> two;
  two.push_back(bench.identity());
  two.push_back(bench.identity());
  BOOST_CHECK_EXCEPTION(
      signer::write_signed(prepared, bench.request(), two, {bench.target}, [](const auto&) {}), Error,
      [](const Error& error) { return error.kind() == ErrorKind::key; });
  formats::SigningRequest other = bench.request();
  other.also = {{certificate_of("another"), {}}};
  BOOST_CHECK_EXCEPTION(signer::write_signed(prepared, other, two, {bench.target}, [](const auto&) {}), Error,
                        [](const Error& error) { return error.kind() == ErrorKind::key; });
}

BOOST_AUTO_TEST_CASE(each_signer_must_convince_who_trusts_him_alone) {
  // A layout that leaves the second signature out: what was written does not verify by that one.
  const Bench bench;
  PreparedPackage prepared = signer::prepare(bench.input, bench.request());
  prepared.plan = std::make_unique<Sabotage>(std::move(prepared.plan),
                                             [](const auto& plan, const auto& signer, auto& out) {
                                               plan.write({&signer, 1}, out);
                                             });
  formats::SigningRequest both = bench.request();
  both.also = {{certificate_of("another"), {}}};
  std::vector<certstore::Signer> signers;
  signers.push_back(bench.identity());
  const auto pkcs8 = tests::key_named("another").to_pkcs8();
  signers.emplace_back(certstore::PrivateKey::from_pkcs8(pkcs8.view(), "another"), both.also[0].certificate(),
                       std::vector<certstore::Certificate>{});
  BOOST_CHECK_EXCEPTION(
      signer::write_signed(prepared, both, signers, {bench.target, certstore::Existing::replace, {}},
                           [](const auto&) {}),
      Error, [](const Error& error) { return error.kind() == ErrorKind::internal; });
  BOOST_TEST(tests::content_of(bench.target) == "older");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(fitness)

BOOST_AUTO_TEST_CASE(dates_count_to_the_second) {
  const Bench bench;
  const auto kind_at = [&](certstore::Instant at) -> std::optional<ErrorKind> {
    try {
      signer::require_fit(bench.request(), at);
      return std::nullopt;
    } catch (const Error& error) {
      return error.kind();
    }
  };
  const std::chrono::seconds one(1);
  BOOST_TEST((kind_at(bench.certificate.not_before() - one) == ErrorKind::dates));
  BOOST_TEST(!kind_at(bench.certificate.not_before()).has_value());
  BOOST_TEST(!kind_at(bench.certificate.not_after()).has_value());
  BOOST_TEST((kind_at(bench.certificate.not_after() + one) == ErrorKind::dates));
}

BOOST_AUTO_TEST_CASE(a_further_signer_must_fit_as_the_first) {
  const Bench bench;
  formats::SigningRequest request = bench.request();
  request.also = {
      {tests::make_self_signed_certificate(
           {.common_name = "ended", .not_after = certstore::parse_instant("2026-06-01"), .extensions = {}}),
       {}}};
  BOOST_CHECK_NO_THROW(signer::require_fit(request, certstore::parse_instant("2026-06-01")));
  BOOST_CHECK_EXCEPTION(signer::require_fit(request, certstore::parse_instant("2026-06-02")), Error,
                        [](const Error& error) { return error.kind() == ErrorKind::dates; });
}

BOOST_AUTO_TEST_CASE(what_must_remain_counts_to_the_second_and_with_the_issuers) {
  const auto at = certstore::parse_instant("2026-01-01");
  const auto ending = [](const std::string& date) {
    return tests::make_self_signed_certificate(
        {.common_name = date, .not_after = certstore::parse_instant(date), .extensions = {}});
  };
  const auto remains = [&](const std::vector<certstore::Certificate>& chain, certstore::Instant when) {
    try {
      signer::require_remaining(ending("2026-06-30"), chain, when, std::chrono::days(180));
      return true;
    } catch (const Error& error) {
      BOOST_TEST((error.kind() == ErrorKind::dates));
      return false;
    }
  };
  BOOST_TEST(remains({}, at));
  BOOST_TEST(!remains({}, at + std::chrono::seconds(1)));
  BOOST_TEST(remains({ending("2026-06-30"), ending("2030-01-01")}, at));
  BOOST_TEST(!remains({ending("2030-01-01"), ending("2026-06-29")}, at));
}

BOOST_AUTO_TEST_SUITE_END()
