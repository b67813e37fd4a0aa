// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// How pages look: by day and by night, on a telephone and on a desk.
///
/// Pictures of `Plotting` are black on white; in the dark their lightness is turned about, which keeps the hues of the
/// palette. Those whose colours stand for numbers keep a white ground.
let pageStyle = """
  :root { --ground: #fff; --card: #fff; --text: #1b1b1b; --muted: #595959; --line: #d5d5d5; --soft: #f4f4f2;
    --trained: #b34700; --exact: #0072b2; --data: #8a8a8a; --bad: #a32000; --good: #00694d; --note: #7a5200; }
  @media (prefers-color-scheme: dark) {
    :root { --ground: #141414; --card: #1c1c1c; --text: #ececec; --muted: #b0b0b0; --line: #3a3a3a; --soft: #242424;
      --trained: #ff9a55; --exact: #6cc1f2; --data: #7d7d7d; --bad: #ff9580; --good: #63d3ae; --note: #f0bf5f; }
    .plot svg { filter: invert(1) hue-rotate(180deg); }
    .paper svg { filter: none; border-radius: 4px; }
  }
  * { box-sizing: border-box; }
  body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--ground); color: var(--text);
    font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
  h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0; }
  h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
  h3 { font-size: 1.05rem; margin: 1.2rem 0 .3rem; }
  .subtitle, figcaption, footer, .quiet { color: var(--muted); font-size: .9rem; }
  footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding: .8rem 0; }
  nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1rem; }
  a { color: var(--exact); }
  :focus-visible { outline: 3px solid var(--exact); outline-offset: 2px; }
  figure { margin: 0; min-width: 0; }
  svg, img { display: block; width: 100%; height: auto; }
  img { image-rendering: pixelated; max-width: 46rem; }
  .grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
  .narrow { grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr)); }
  .grid > *, .card { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .7rem; }
  .scrolled { overflow-x: auto; margin: .6rem 0; }
  table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
  caption { text-align: left; color: var(--muted); padding-bottom: .3rem; }
  th, td { padding: .2rem .7rem .2rem 0; border-bottom: 1px solid var(--line); text-align: left;
    vertical-align: top; white-space: nowrap; }
  tbody th { font-weight: normal; }
  .words th, .words td { white-space: normal; min-width: 7rem; }
  pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .6rem; overflow-x: auto;
    font-size: .85rem; margin: .5rem 0; overflow-wrap: normal; }
  pre.prose { font-size: .8rem; line-height: 1.35; }
  .wide svg { min-width: 44rem; }
  .contents p { margin: .1rem 0 .8rem; }
  pre.command { white-space: pre-wrap; overflow-wrap: anywhere; }
  details > summary { cursor: pointer; padding: .3rem 0; }
  .finding { border-left: 5px solid var(--bad); padding: .3rem .9rem; margin: .8rem 0; background: var(--soft);
    border-radius: 0 6px 6px 0; }
  .finding.note { border-color: var(--note); } .finding.fine { border-color: var(--good); }
  .finding h3 { margin-top: .3rem; } .finding ul { margin: .3rem 0; padding-left: 1.2rem; }
  .moving svg { background: var(--card); border: 1px solid var(--line); border-radius: 4px; max-width: 34rem;
    touch-action: pan-y; }
  .moving .data { fill: var(--data); opacity: .45; }
  .moving .carried { fill: var(--trained); }
  .moving .exact, .legend .exact { fill: none; stroke: var(--exact); stroke-width: 1.6; }
  .moving .way { fill: none; stroke: var(--trained); stroke-width: 1; opacity: .35; }
  .slider { display: flex; flex-wrap: wrap; gap: .5rem .8rem; align-items: center; margin: .6rem 0; max-width: 34rem; }
  .slider input { flex: 1 1 12rem; min-width: 0; height: 2.2rem; accent-color: var(--trained); }
  .slider output { min-width: 9rem; font-variant-numeric: tabular-nums; }
  button { font: inherit; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 6px;
    padding: .35rem .9rem; min-height: 2.2rem; }
  .legend { list-style: none; padding: 0; margin: .4rem 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .9rem; }
  .legend svg { display: inline-block; width: 1rem; height: 1rem; vertical-align: -.15rem; border: 0; background: none; }
  @media print { .slider, nav { display: none; } }

  """
