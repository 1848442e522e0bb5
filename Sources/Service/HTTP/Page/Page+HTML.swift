extension Page {
    static let html = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>landmarkd</title>
          <link rel="icon" href="data:,">
          <link rel="stylesheet" href="page.css">
          <script src="page.js" defer></script>
        </head>
        <body>
          <header>
            <h1>landmarkd</h1>
            <p id="summary" role="status">connecting…</p>
          </header>

          <p id="gone" class="notice bad" role="alert" hidden></p>

          <form id="access" hidden>
            <h2>This service asks for its token</h2>
            <p>It is set as <code>http.token</code> in the settings.</p>
            <label>Token <input id="token" type="password" autocomplete="current-password" required></label>
            <button>Show the streams</button>
            <p id="refused" class="notice bad" role="alert" hidden>That token is not accepted.</p>
          </form>

          <main id="streams"></main>
          <p id="none" class="notice" hidden>No stream is set up. Name one in the settings, then reload the service.</p>

          <noscript><p class="notice bad">This page needs JavaScript. The same data is at <code>/v1/streams</code>.</p></noscript>

          <template id="card">
            <article>
              <div class="title">
                <h2 class="name"></h2>
                <span class="state"></span>
              </div>
              <p class="source"></p>
              <div class="view">
                <canvas role="img"></canvas>
                <p class="veil" hidden></p>
              </div>
              <ul class="reasons"></ul>
              <ul class="faces" aria-label="Faces"></ul>
              <dl>
                <div><dt>received</dt><dd class="received"></dd></div>
                <div><dt>tracked</dt><dd class="tracked"></dd></div>
                <div><dt>latency</dt><dd class="latency"></dd></div>
                <div><dt>dropped</dt><dd class="dropped"></dd></div>
                <div><dt>reconnects</dt><dd class="reconnects"></dd></div>
              </dl>
            </article>
          </template>
        </body>
        </html>

        """
}
