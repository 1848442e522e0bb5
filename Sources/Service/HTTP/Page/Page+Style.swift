extension Page {
    static let style = """
        :root {
          color-scheme: light dark;
          --ground: #f5f6f4;
          --card: #ffffff;
          --ink: #1d2320;
          --quiet: #5d6763;
          --line: #dce0dd;
          --view: #e7eae8;
          --good: #1c7a4a;
          --warn: #946200;
          --bad: #b3261e;
        }

        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #121614;
            --card: #1a1f1d;
            --ink: #e6eae8;
            --quiet: #9aa5a0;
            --line: #2b3230;
            --view: #0d100f;
            --good: #5cc98f;
            --warn: #e2b04a;
            --bad: #ff8a80;
          }
        }

        * { box-sizing: border-box; margin: 0; padding: 0; }
        [hidden] { display: none !important; }

        body {
          max-width: 92rem;
          margin: 0 auto;
          padding: 1.25rem clamp(0.75rem, 3vw, 2rem) 2.5rem;
          background: var(--ground);
          color: var(--ink);
          font: 1rem/1.45 system-ui, sans-serif;
        }

        header {
          display: flex;
          flex-wrap: wrap;
          align-items: baseline;
          gap: 0 1rem;
          margin-bottom: 1rem;
        }

        h1 { font-size: 1.25rem; font-weight: 650; letter-spacing: -0.01em; }
        h2 { font-size: 1.05rem; font-weight: 600; }
        #summary, .source, dt { color: var(--quiet); }
        #summary, .source { font-size: 0.9rem; }

        main {
          display: grid;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr));
          gap: 1rem;
          align-items: start;
        }

        article, form {
          padding: 1rem;
          background: var(--card);
          border: 1px solid var(--line);
          border-radius: 0.6rem;
        }

        .title { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem; }
        .name, .source { overflow-wrap: anywhere; }
        .source { margin-bottom: 0.75rem; }

        .state { flex: none; font-size: 0.9rem; font-weight: 600; color: var(--quiet); }
        .state::before {
          content: "";
          display: inline-block;
          width: 0.6em;
          height: 0.6em;
          margin-right: 0.4em;
          border-radius: 50%;
          background: currentColor;
        }
        .state.good { color: var(--good); }
        .state.warn { color: var(--warn); }
        .state.bad { color: var(--bad); }

        .view { position: relative; overflow: hidden; border-radius: 0.35rem; background: var(--view); }
        canvas { display: block; width: 100%; aspect-ratio: 4 / 3; transition: opacity 0.3s; }
        .waiting canvas { opacity: 0.35; }

        .veil {
          position: absolute;
          inset: auto 0 0 0;
          padding: 0.4rem 0.75rem;
          background: color-mix(in srgb, var(--card) 85%, transparent);
          font-size: 0.85rem;
        }

        .reasons { list-style: none; }
        .reasons li, .notice {
          margin-top: 0.75rem;
          padding: 0.5rem 0.75rem;
          border-left: 3px solid var(--warn);
          background: color-mix(in srgb, var(--warn) 9%, transparent);
          font-size: 0.9rem;
          overflow-wrap: anywhere;
        }
        .waiting .reasons li, .notice.bad {
          border-color: var(--bad);
          background: color-mix(in srgb, var(--bad) 9%, transparent);
        }
        header ~ .notice { margin: 0 0 1rem; }

        .faces {
          display: flex;
          flex-wrap: wrap;
          gap: 0.35rem 1.1rem;
          min-height: 1.5rem;
          margin-top: 0.75rem;
          list-style: none;
          font-size: 0.9rem;
        }
        .faces:empty { display: none; }
        .faces svg { width: 0.7em; height: 0.7em; margin-right: 0.4em; }

        dl {
          display: grid;
          grid-template-columns: repeat(auto-fit, minmax(5.2rem, 1fr));
          gap: 0.5rem;
          margin-top: 0.75rem;
          padding-top: 0.75rem;
          border-top: 1px solid var(--line);
        }
        dt { font-size: 0.8rem; }
        dd, .faces { font-variant-numeric: tabular-nums; }

        form { max-width: 26rem; margin: 2rem auto; }
        form p, label { display: block; margin: 0.5rem 0 0.75rem; }
        input, button {
          width: 100%;
          margin-top: 0.25rem;
          padding: 0.55rem 0.75rem;
          border: 1px solid var(--line);
          border-radius: 0.35rem;
          background: var(--ground);
          color: inherit;
          font: inherit;
        }
        button { border-color: transparent; background: var(--ink); color: var(--card); font-weight: 600; cursor: pointer; }
        :focus-visible { outline: 2px solid var(--good); outline-offset: 2px; }

        @media (prefers-reduced-motion: reduce) { canvas { transition: none; } }

        """
}
