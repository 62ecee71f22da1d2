#include "verifier/report_html.h"

namespace verifier {

// A colour never says anything alone: the words stand beside it, for print and for who sees no colours.
std::string_view html_style() {
  return R"(
:root { color-scheme: light dark;
  --page: #f3f4f6; --card: #fff; --ink: #1b2330; --soft: #566174; --line: #d9dee6;
  --good: #0b6b3a; --good-bg: #e3f5ea; --doubtful: #8a4b00; --doubtful-bg: #fdf0d9;
  --bad: #a3131f; --bad-bg: #fde6e7; --code: #eef1f5; }
@media (prefers-color-scheme: dark) { :root {
  --page: #11151b; --card: #1a2029; --ink: #e4e9f0; --soft: #9aa7b8; --line: #303a47;
  --good: #6fd69a; --good-bg: #12301f; --doubtful: #f2b65c; --doubtful-bg: #372709;
  --bad: #ff8f94; --bad-bg: #40151a; --code: #232b36; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; }
h2 { font-size: 1.15rem; margin: 0; font-weight: 600; }
h3 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
h4 { font-size: 1rem; margin: 0 0 .3rem; }
p { margin: .3rem 0; }
a { color: inherit; }
.soft { color: var(--soft); }
.package + .package { margin-top: 3rem; padding-top: 2rem; border-top: 2px solid var(--line); }
.banner { border-radius: .7rem; padding: 1.2rem 1.4rem; border: 1px solid; border-left-width: .6rem; }
.banner .verdict { font-size: 2.1rem; font-weight: 700; line-height: 1.15; margin: 0 0 .1rem; }
.banner .code { margin: 0 0 .7rem; font-weight: 600; }
.good { color: var(--good); } .doubtful { color: var(--doubtful); } .bad { color: var(--bad); }
.banner.good { background: var(--good-bg); } .banner.doubtful { background: var(--doubtful-bg); }
.banner.bad { background: var(--bad-bg); }
.banner h2, .banner dl { color: var(--ink); }
dl { display: grid; grid-template-columns: 11rem 1fr; gap: .15rem 1rem; margin: .5rem 0 0; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
.answers { list-style: none; padding: 0; margin: 1rem 0 0; display: grid; gap: .6rem;
  grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); }
.answers li, .card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: .7rem .9rem; }
.answers b { display: block; color: var(--soft); font-size: .85rem; font-weight: 600; }
.card { margin: .6rem 0; padding: .9rem 1.1rem; }
.badge { display: inline-block; font-size: .8rem; font-weight: 600; padding: .05rem .55rem; margin-left: .4rem;
  border: 1px solid; border-radius: 1rem; white-space: nowrap; vertical-align: middle; }
.badge.good { background: var(--good-bg); } .badge.doubtful { background: var(--doubtful-bg); }
.badge.bad { background: var(--bad-bg); }
code, .print, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .88em; }
.print span { display: inline-block; margin-right: .45em; }
pre { background: var(--code); border-radius: .4rem; padding: .6rem .8rem; white-space: pre-wrap; margin: .4rem 0; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 600; font-size: .85rem; }
td.number { text-align: right; }
.todo { border-left: .2rem solid var(--line); padding-left: .7rem; margin-top: .5rem; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .88rem; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dt { margin-top: .4rem; } }
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --good: #0b6b3a;
    --doubtful: #8a4b00; --bad: #a3131f; --good-bg: #fff; --doubtful-bg: #fff; --bad-bg: #fff; --code: #fff; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; } pre { border: 1px solid var(--line); }
  .card, .banner, tr, .answers { break-inside: avoid; } h3, h4 { break-after: avoid; }
  .package + .package { break-before: page; border: 0; margin: 0; padding: 0; } .wide { overflow: visible; }
  @page { margin: 16mm; }
}
)";
}

}  // namespace verifier
