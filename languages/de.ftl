# Deutsch. Mit „du“; kurz und ohne Ausrufezeichen. „Schritt“ ist ein Auftrag im Gespräch, „Version“ ein Bild im Filmstreifen.

## The frame of every page

frame-skip = Zum Inhalt springen
frame-warning = Warnung
frame-exposed = Dieser Server hat kein Passwort und ist für andere erreichbar: Alle im Netz können ihn benutzen.
frame-home = Plantain, zur Startseite
frame-notices = Mitteilungen
frame-you-are = Du bist { $name }
frame-your-name = Dein Name
frame-guest = Gast
frame-name-hint = Andere sehen ihn neben dem, was du möchtest.
frame-save-name = Namen speichern
frame-sign-out = Abmelden
frame-dialog = Dialog
frame-language = Sprache

## Words that the scripts of every page say

words-failed = Das hat nicht geklappt ({ $status }).
words-close = Schließen
words-unreachable = Der Server ist nicht erreichbar.
words-unreachable-again = Der Server ist nicht erreichbar. Versuch es gleich noch einmal.
words-copied = Kopiert
words-copy-by-hand = Drück Strg C, um es zu kopieren.
words-just-now = gerade eben
words-seconds = { $seconds } s
words-minutes = { $minutes } min { $seconds } s
words-link-ready = Der Link kann kopiert werden
words-heic = Dieser Browser kann keine HEIC-Bilder öffnen. Speichere das Bild als JPEG, oder wähle auf dem iPhone Einstellungen, Kamera, Formate, Maximale Kompatibilität.
words-avif = Dieser Browser kann keine AVIF-Bilder öffnen. Speichere das Bild als JPEG oder PNG.
words-no-picture = Das lässt sich nicht als Bild lesen. JPEG, PNG, WebP und GIF gehen.
words-not-sent = Das konnte nicht gesendet werden. Versuch es noch einmal.
words-picture = Bild
words-remove-file = { $name } entfernen
words-drop-start = Loslassen, um zu beginnen
words-drop-edit = Als Bild zum Bearbeiten nehmen
words-drop-edit-hint = Beginnt eine neue Sitzung
words-drop-reference = Als Vorlage hinzufügen
words-drop-reference-hint = Für den nächsten Schritt in dieser Sitzung
words-no-file = Da ist keine Datei dabei.
words-others-there = Die übrigen stehen bei deinen Sitzungen.
words-most-references = Ein Schritt nimmt höchstens { $most } Vorlagen.

## Words that the scripts of the session page say

words-new-versions = { $count ->
     [one] 1 neue Version
    *[other] { $count } neue Versionen
  }
words-moved = Die Auswahl hat sich geändert: anzeigen
words-connected = Wieder verbunden.
words-lost = Verbindung verloren. Es wird weiter versucht; was du schreibst, bleibt erhalten.
words-gone = Diese Sitzung ist für dich nicht mehr offen.
words-too-many-references = Dieser Dienst nimmt höchstens { $most } Vorlagen.
words-no-references = Die eingebaute Engine arbeitet an einem Bild und lässt Vorlagen beiseite.
words-no-image = Ein Bild { $number } gibt es noch nicht: füg es mit + hinzu.
words-offline = Nicht verbunden. Was du schreibst, bleibt erhalten; Senden geht gleich wieder.
words-still-sending = Ein Bild wird noch übertragen. Sende, wenn es da ist.
words-sending = Wird gesendet
words-kept = Der Server ist nicht erreichbar. Deine Worte bleiben stehen: Sende sie gleich noch einmal.
words-removed = Entfernt
words-now-image = Jetzt Bild { $number }
words-there-already = Es ist schon bei den Vorlagen.
words-added-image = Als Bild { $number } hinzugefügt
words-describe = Was soll sich an v{ $number } ändern?
words-sheet-less = Nur das Eingabefeld zeigen
words-sheet-more = Mehr vom Gespräch zeigen

## Home

home-title = Sprich mit einem Foto.
home-lead = Leg ein Bild ein, sag, was sich ändern soll, und behalte jede Version.
home-drop = Bild hierher ziehen
home-paste = oder einfügen
home-choose = Bild auswählen
home-take = Foto aufnehmen
home-start = Damit beginnen
home-stays = JPEG, PNG, WebP oder GIF. Es bleibt auf diesem Server; Orts- und Kameradaten werden entfernt.
home-uploads = Wird übertragen
home-words = Oder mit Worten beginnen
home-words-ask = Was soll das Bild zeigen?
home-shape = Format
home-make = Erzeugen
home-ours-first = Kein Bild zur Hand? Beginne mit einem von uns
home-ours = Oder beginne mit einem von uns
home-try = Versuch: „{ $words }“
home-engine = Hier arbeitet die eingebaute Engine: Licht, Farbe, Schärfe, Zuschnitt und Drehung, offline und sofort. Mit dem Schlüssel eines Modells kann, wer diesen Server betreibt, Bearbeitungen hinzufügen, die Neues erfinden.
home-how = So geht es
home-how-1 = Leg ein Bild ein.
home-how-1-more = Es wird Version 1 und bleibt immer unverändert.
home-how-2 = Sag, was sich ändern soll.
home-how-2-more = Jede Antwort ist eine neue Version; du kannst zu jeder zurückkehren und einen anderen Weg versuchen.
home-how-3 = Teile den Link.
home-how-3-more = Andere sehen live zu oder bearbeiten mit.
home-sessions = Deine Sitzungen
home-gallery = Alle Bilder und Suche
home-verify = Woher kommt ein Bild? Diesen Server fragen
home-more-for = Mehr zu „{ $title }“
home-session-title = Titel
home-rename = Umbenennen
home-delete = Löschen
home-can-restore = Kann 30 Tage lang wiederhergestellt werden.
home-trash = Gelöschte Sitzungen ({ $count })
home-trash-hint = Bleiben 30 Tage und sind dann endgültig weg.
home-restore-named = „{ $title }“ wiederherstellen
home-restore = Wiederherstellen
home-deleted = gelöscht
home-harbour = Hafen
home-still-life = Stillleben
home-shared-view = Mit dir geteilt, zum Ansehen
home-shared-edit = Mit dir geteilt, zum Bearbeiten

## The door, and what went wrong

door-sign-in = Anmelden
door-welcome = Willkommen
door-asks = Dieser Server fragt nach seinem gemeinsamen Passwort.
door-password = Passwort
error-home = Zur Startseite
error-request = Anfrage
error-in-log = Wer diesen Server betreibt, findet sie damit im Protokoll.
error-401 = Bitte melde dich an
error-401-words = Dieser Server fragt nach seinem gemeinsamen Passwort.
error-403 = Nicht mit diesem Link
error-403-words = Du kannst zusehen, aber das dürfen nur die, die die Sitzung bearbeiten dürfen oder denen sie gehört.
error-404 = Hier ist nichts
error-404-words = Diese Seite gibt es nicht, oder der Link dazu ist abgelaufen. Bitte die Person, die ihn geschickt hat, um einen neuen.
error-409 = Inzwischen geändert
error-409-words = Jemand war schneller. Geh zurück, sieh nach, wie es jetzt ist, und versuch es noch einmal.
error-413 = Zu groß
error-413-words = Das ist mehr, als dieser Server annimmt. Mit einem kleineren Bild geht es.
error-415 = Kein Bild, das dieser Server lesen kann
error-415-words = JPEG, PNG, WebP und GIF gehen. Speichere oder exportiere es in einem dieser Formate und versuch es noch einmal.
error-422 = Das hat nicht geklappt
error-422-words = Im Formular fehlte etwas oder stimmte etwas nicht. Geh zurück und sieh es dir noch einmal an.
error-429 = Bitte etwas langsamer
error-429-words = Das waren viele Anfragen in kurzer Zeit. Warte einen Moment und versuch es dann noch einmal.
error-503 = Gerade ausgelastet
error-503-words = Der Server ist ausgelastet oder startet gleich neu. Nichts, was angenommen wurde, geht verloren; versuch es gleich noch einmal.
error-4xx-words = Der Server konnte mit dieser Anfrage nichts anfangen. Geh zurück und versuch es noch einmal.
error-500 = Unser Fehler
error-500-words = Auf dem Server ist etwas kaputtgegangen. Es wurde festgehalten; nichts, was angenommen wurde, geht verloren.

## The session page

session-talk = Gespräch
session-nothing = Noch nichts gefragt.
session-nothing-words = Sag mit eigenen Worten, was sich ändern soll. Jede Antwort wird eine neue Version, und nichts geht je verloren.
session-ideas = Ideen
session-others = Was andere möchten, erscheint hier von selbst.
session-watching = Du siehst zu. Wer dir diesen Link geschickt hat, kann dir auch einen zum Bearbeiten schicken.
session-english = Die eingebaute Engine versteht Englisch.
head-session = Sitzung
head-share = Teilen
head-more = Mehr zu dieser Sitzung
head-download = Alles herunterladen (ZIP)
head-title = Titel
head-rename = Umbenennen
head-delete = Sitzung löschen
head-can-restore = Kann 30 Tage lang von der Startseite aus wiederhergestellt werden.
stage-name = Das Bild, v{ $number }
stage-versions = Versionen
stage-undo-title = Rückgängig (Strg Z)
stage-undo = Rückgängig
stage-redo-title = Wiederholen (Strg Umschalt Z)
stage-redo = Wiederholen
stage-original-title = Zurück zum Original
stage-original = Original
stage-picture = Bild
stage-region-title = Wählen, wo sich etwas ändern soll (R)
stage-region = Bereich
stage-compare-title = Zwei Versionen vergleichen (C)
stage-compare = Vergleichen
stage-hold-title = Halten, um v{ $number } zu sehen (Leertaste auf dem Bild)
stage-hold = Halten für v{ $number }
stage-download-title = v{ $number } herunterladen
stage-download = Herunterladen
stage-edited = Hier bearbeitet
stage-came = Wie sie kam
stage-elsewhere = Nicht die aktuelle Version.
stage-revert = Hierher zurückkehren
stage-current = Zur aktuellen
stage-of = v{ $number } von { $newest }
stage-hold-space = Leertaste halten, um v{ $number } zu sehen
stage-before = v{ $number }, davor
stage-of-newest = von { $newest }
stage-by = von { $name }
stage-empty = Eine leere Fläche
stage-put-in = Das Bild, wie es eingelegt wurde
stage-as-put-in = Wie eingelegt
stage-other-size = v{ $number } ist { $size }
stage-left-out = { $count } weitere
strip-name = Der Weg zu v{ $number }
strip-tree-title = Alle Versionen als Baum (T)
strip-tree = Baum
strip-alike = Motiv sich selbst zu { $percent } % ähnlich
strip-forks = { $count ->
     [one] Von hier geht 1 Version aus
    *[other] Von hier gehen { $count } Versionen aus
  }
chips-name = Schnelle nächste Schritte
base-choose = Eine andere im Filmstreifen wählen
base-editing = Bearbeitet wird
earlier-show = Frühere Schritte zeigen
reference-left = v{ $number } weiter nach vorn
reference-remove = v{ $number } entfernen
reference-right = v{ $number } weiter nach hinten
reference-use = verwenden
composer-references = Vorlagen
composer-ask = Was soll sich ändern?
composer-add-reference = Vorlage hinzufügen
composer-presets-title = Mit einem Rezept beginnen
composer-presets = Rezepte
composer-add = Bild hinzufügen
composer-who = Wer bearbeitet
composer-send = Senden
composer-send-title = Senden (Eingabe)
composer-enter = Eingabe sendet, Umschalt Eingabe bricht die Zeile um
composer-keys = Tasten
composer-canvas = Beschreib das Bild
composer-engine = Eingebaute Engine (englisch): Licht, Wetter, Farbe, Stile, Hintergründe, Form.
choices-options = Optionen
choices-as-is = Wie es ist
choices-usual = Üblich
choices-kept = Bleibt gleich
choices-returned = Wie es vom Modell kommt
choices-results = Ergebnisse
choices-quality = Qualität
choices-workflow = Ablauf
choices-rest = Alles andere
choices-low = Niedrig
choices-medium = Mittel
choices-high = Hoch
choices-spent = Diese Sitzung: { $spent } · { $month }: { $all }
choices-spent-of = Diese Sitzung: { $spent } · { $month }: { $all } von { $ceiling }
forecast-references = { $count ->
     [one] 1 Vorlage
    *[other] { $count } Vorlagen
  }
forecast-candidates = { $count ->
     [one] { $count } Ergebnis
    *[other] { $count } Ergebnisse
  }
forecast-free = kostenlos
forecast-about = etwa { $price }
keys-name = Tasten
keys-writing = Beim Schreiben
keys-send = Senden
keys-break = Zeile umbrechen
keys-recall = Im leeren Feld: was zuvor gefragt wurde
keys-picture = Auf dem Bild
keys-hold = Halten, um die Version davor zu sehen
keys-undo = Rückgängig
keys-redo = Wiederholen
keys-region = Einen Bereich zeichnen
keys-points = Nummerierte Punkte setzen
keys-comments = Kommentare zu dieser Version
keys-tree = Alle Versionen als Baum
keys-help = Diese Liste
keys-versions = Zwischen den Versionen
keys-along = Weitergehen
keys-stage = Auf die Bühne legen
keys-in-region = In einem Bereich
keys-tools = Pinsel, Radierer, Rechteck, Lasso, kluge Auswahl, Verschieben
keys-size = Kleiner, größer
keys-except = Alles außer dem Bereich
keys-paint = Am Kreuz malen, eine Ecke setzen oder dort auswählen
keys-in-tree = Im Baum
keys-parent = Zu dem, woraus es wurde; zu dem, was daraus wurde
keys-neighbour = Zur Nachbarin in der Reihe
keys-compare-parent = Mit dem vergleichen, woraus es wurde
keys-anywhere = Überall
keys-close = Schließen, was offen ist
keys-compare = Zwei Versionen vergleichen; dort wechselt M die Art, X tauscht, die Leertaste zeigt die erste
keys-cross = Das Kreuz bewegen; mit Umschalt weiter
turn-cancel = Abbrechen
turn-candidates = { $count ->
     [one] { $count } Ergebnis
    *[other] { $count } Ergebnisse
  }
turn-show = v{ $number } auf der Bühne zeigen
turn-star-named = v{ $number } mit Stern merken
turn-compare = v{ $base } mit v{ $number } vergleichen
turn-compare-with = Mit v{ $base } vergleichen
turn-use = v{ $number } als Vorlage nehmen
turn-reference = Vorlage
turn-download = v{ $number } herunterladen
turn-where = Woher v{ $number } kommt
turn-returned = Wie es vom Modell kam
turn-returned-alt = v{ $number }, wie es vom Modell kam
turn-use-returned = Das Bild des Modells nehmen
turn-difference = Unterschied
turn-difference-alt = Wo sich v{ $number } von der Version davor unterscheidet: hell, wo ein Unterschied ist
turn-keep-subject = Noch einmal, das Motiv beibehalten
turn-subject-back = Das Motiv zurückholen
turn-go-back = Zurückgehen
turn-go-back-all = Zurückgehen und alles auf einmal sagen
turn-moved = Zu v{ $number } gewechselt
turn-details = Einzelheiten
turn-copy-report = Bericht kopieren
turn-sent = Was gesendet wurde
turn-resend = Ändern und neu senden
turn-from = Entstanden aus
turn-image = Bild { $number }
turn-region = Bereich: { $share }
turn-starred = Mit Stern
turn-star = Mit Stern merken
turn-go-on = Damit weitermachen
turn-edit-this = Bearbeiten
turn-heading = Schritt { $place } von { $name }: { $state }
turn-working = In Arbeit
turn-queued = In der Warteschlange
turn-soon = Beginnt gleich
turn-next = Als Nächstes dran
turn-in-line = Platz { $place } in der Reihe
turn-cancelled = Abgebrochen
turn-kept = Die Worte bleiben erhalten.
turn-send-again = Noch einmal senden
turn-finished = Fertig
turn-finished-pictures = { $count ->
     [one] Fertig, 1 Bild
    *[other] Fertig, { $count } Bilder
  }
turn-tokens = { $count } Token
turn-wait = Ein neuer Versuch lohnt sich nach { $span }.
turn-edit-words = Worte ändern
turn-declined = Das macht die Engine nicht
turn-needs-generative = Das braucht ein generatives Modell
turn-not-understood = Nicht verstanden
turn-blocked = Der Dienst hat diese Bearbeitung abgelehnt
turn-rate-limited = Gerade zu viele Anfragen
turn-quota = Das Kontingent ist aufgebraucht
turn-unavailable = Nicht erreichbar
turn-timeout = Keine Antwort in der Zeit
turn-no-image = Das Modell hat nur mit Worten geantwortet
turn-bad-answer = Die Antwort enthielt kein Bild
turn-misconfigured = Nicht richtig eingerichtet
turn-interrupted = Unterbrochen
turn-fault-service = Liegt am Dienst
turn-fault-server = Liegt an diesem Server
turn-ask-picture = Um das Bild bitten
turn-try-again = Noch einmal versuchen
turn-you = Du
turn-changed = { $share } geändert
turn-subject = Motiv { $percent } %: { $word }
turn-to-first = zum ersten Bild { $percent } %: { $word }
turn-subject-warning = Das Motiv sieht sich weniger ähnlich ({ $percent } %).
turn-face-warning = Das Gesicht sieht wie ein anderes aus ({ $percent } %).
gone-link = Dein Link zu dieser Sitzung gilt nicht mehr.
gone-session = Diese Sitzung wurde gelöscht.
typing-one = { $name } schreibt …
typing-two = { $name } und { $other } schreiben …
typing-many = { $count } Personen schreiben …
people-name = Auch hier
key-enter = Eingabe
key-break = Umschalt Eingabe
key-space = Leertaste
key-undo = Strg Z
key-redo = Strg Umschalt Z
stage-preview = Vorschau

## Times and spans

time-when = { $day }. { $month ->
     [1] Jan.
     [2] Feb.
     [3] März
     [4] Apr.
     [5] Mai
     [6] Juni
     [7] Juli
     [8] Aug.
     [9] Sept.
     [10] Okt.
     [11] Nov.
    *[12] Dez.
  } { $year }, { $clock } UTC
time-month = { $month ->
     [1] Januar
     [2] Februar
     [3] März
     [4] April
     [5] Mai
     [6] Juni
     [7] Juli
     [8] August
     [9] September
     [10] Oktober
     [11] November
    *[12] Dezember
  } { $year }
time-ms = { $ms } ms
time-tenths = { $whole },{ $tenth } s
time-s = { $s } s
time-min = { $min } min
time-min-s = { $min } min { $s } s
time-h = { $h } h
time-h-min = { $h } h { $min } min
money-little = weniger als $0.001
times-used = { $count ->
     [one] einmal
    *[other] { $count }-mal
  }

## What the layers below say: pictures and forms on their way in

said-not-found = Hier ist nichts, oder der Link dazu gilt nicht mehr.
said-look-only = Mit diesem Link kannst du zusehen, aber nichts ändern. Bitte um einen Link zum Bearbeiten.
said-sign-in-first = Melde dich zuerst an.
said-no-space = Auf diesem Server ist kein Platz für weitere Bilder. Wer ihn betreibt, muss welchen schaffen.
said-unwritable = Dieser Server kann gerade nicht auf seine Platte schreiben, deshalb wurde nichts geändert. Was da ist, ist weiter zu sehen. Wer ihn betreibt, muss sich die Platte ansehen.
said-internal = Bei uns ist etwas schiefgegangen. Was schon gespeichert war, ist sicher; versuch es noch einmal.
said-others-ask = Gerade fragen andere nach Bildern. Versuch es gleich noch einmal.
said-not-here = Das geht unter dieser Adresse nicht.
said-more-than-taken = Das ist mehr, als hier angenommen wird.
said-stopping = Der Server ist ausgelastet oder hält gerade an. Versuch es gleich noch einmal.
said-not-understood = Die Anfrage ist nicht zu verstehen.
said-watchers = Gerade sehen zu viele zu.
said-file-is = Diese Datei ist kein Bild ({ $found }). Bilder als JPEG, PNG, WebP und GIF gehen.
said-file-unlike = Diese Datei sieht nicht nach einem Bild aus. Bilder als JPEG, PNG, WebP und GIF gehen.
said-file-phone = { $kind }-Bilder lassen sich hier noch nicht lesen. Bilder als JPEG, PNG, WebP und GIF gehen. Telefone speichern JPEG, wenn das Kameraformat auf „Maximale Kompatibilität“ steht.
said-file-kind = { $kind } lässt sich hier nicht lesen. Bilder als JPEG, PNG, WebP und GIF gehen. Bitte speichere es in einem dieser Formate.
said-file-large = Diese Datei ist zu groß. Sie darf bis zu { $most } MB haben; mit einer kleineren Fassung oder einem JPEG geht es.
said-picture-large = Dieses Bild ist zu groß: { $size } Pixel. Es darf bis zu { $most } Millionen Pixel haben, und { $side } an einer Seite.
said-picture-damaged = Dieses Bild ist beschädigt oder unvollständig und lässt sich nicht lesen. Öffne es bitte in einem anderen Programm, speichere es neu und sende das.
said-picture-slow = Dieses Bild zu lesen dauert zu lange. Bitte speichere es neu als JPEG oder PNG, oder mach es kleiner.
said-pictures-many = Es kommen gerade zu viele Bilder auf einmal. Bitte versuch es gleich noch einmal.
said-no-room = Auf diesem Server ist kein Platz mehr für weitere Bilder. Was schon hier ist, bleibt lesbar.
said-not-stored = Das Bild konnte nicht gespeichert werden. Es wurde nichts behalten; bitte versuch es noch einmal.
said-many-things = Zu vieles auf einmal: höchstens { $limit } Felder und Dateien.
said-text-long = Der Text ist zu lang: höchstens { $limit }.
said-one-file-large = Die Datei ist zu groß: höchstens { $limit }.
said-upload-large = Es ist zu viel auf einmal: höchstens { $limit } insgesamt.
said-form-damaged = Das Formular kam beschädigt an. Versuch es noch einmal.
said-upload-stopped = Die Übertragung blieb unterwegs stehen. Prüf die Verbindung und versuch es noch einmal.
said-upload-broke = Die Übertragung brach vor dem Ende ab. Versuch es noch einmal.
said-cross-site = Das wurde von einer anderen Website gesendet, oder von einer Seite unter einer anderen Adresse; deshalb wurde nichts geändert. Öffne Plantain unter seiner eigenen Adresse und versuch es noch einmal.
said-wrong-host = Unter diesem Namen antwortet dieser Server nicht. Ist es deiner, dann stell seine öffentliche Adresse ein oder öffne ihn über die IP-Adresse.
said-address-long = Diese Adresse ist zu lang.
said-wrong-often = Das war aus deinem Netz zu oft falsch. Versuch es in { $seconds } Sekunden noch einmal.
said-wrong-often-one = Das war aus deinem Netz zu oft falsch. Versuch es in { $seconds } Sekunde noch einmal.
said-name-long = Ein Name hat höchstens { $most } Zeichen.
said-choose-picture = Wähle zuerst ein Bild aus.
said-canvas-long = Eine Fläche ist höchstens achtmal so lang wie breit.
said-many-asked = Aus deinem Netz wurde nach vielen Bildern gefragt. Warte einen Moment.
said-other-shapes = Diese zwei haben verschiedene Formate; es gibt keine Pixel zu vergleichen.
said-form-not-whole = Das Formular kam nicht ganz an. Versuch es noch einmal.
said-more-text = Das ist mehr Text, als hier angenommen wird.
said-reload = Das Formular ist unvollständig. Lade die Seite neu und sende noch einmal.
said-no-squash = Die Anweisungen bis zu dieser Version lassen sich nicht zu einer zusammenfassen.
said-choose-access = Wähle, was der Link erlaubt.
said-choose-end = Wähle, wann der Link endet.
said-choose-session = Wähle die Sitzung, die sie bekommen soll.
said-choose-most = Wähle höchstens { $most } Bilder auf einmal.
said-choose-one = Wähle zuerst mindestens ein Bild.
said-say-what = Sag, was sich ändern soll.
said-instruction-long = Eine Anweisung hat höchstens 4000 Zeichen; diese hat { $count }.
said-give-title = Gib der Sitzung einen Titel.
said-title-long = Ein Titel hat höchstens 120 Zeichen.
said-four-numbers = Ein Bereich braucht vier Zahlen in Prozent: links, oben, Breite und Höhe, innerhalb des Bildes.
said-ask-results = Bitte um 1 bis 4 Ergebnisse.
said-ratio = Ein Seitenverhältnis sind zwei Zahlen, etwa 16:9.
said-quality = Die Qualität ist niedrig, mittel oder hoch.
said-no-workflow = Einen Ablauf dieses Namens gibt es nicht.
said-preset-name = Gib dem Rezept einen Namen mit höchstens 60 Zeichen.
said-preset-text = Der Text eines Rezepts hat 1 bis 4000 Zeichen.
said-preset-pictures = Ein Rezept verlangt höchstens 13 Bilder, jedes mit höchstens 60 Zeichen benannt.
said-preset-file = Das ist keine Datei mit Rezepten. Nimm eine, die hier exportiert wurde.
said-preset-many = Eine Datei hat höchstens 100 Rezepte.
said-preset-room = Es ist Platz für { $most } Rezepte. Lösche zuerst welche.
said-not-the-password = Das ist nicht das Passwort.
said-choose-fewer = Ein Schritt nimmt höchstens { $most } Vorlagen. Wähle weniger.

## What the layers below say: turns

said-other-session = Dieses Bild gehört nicht zu dieser Sitzung.
said-other-region = Dieser Bereich gehört nicht zu dieser Sitzung. Zeichne ihn noch einmal.
said-region-shape = Dieser Bereich wurde auf einem Bild mit anderem Format gezeichnet. Zeichne ihn auf diesem noch einmal.
said-no-backend = Einen Dienst mit diesem Namen gibt es hier nicht.
said-most-references = { $title } nimmt höchstens { $most } Vorlagen.
said-many-waiting = In dieser Sitzung warten schon viele Schritte. Lass einige fertig werden oder brich einen ab.
said-nothing-marked = Es ist nichts markiert. Male über das, was sich ändern darf.
said-mask-large = Diese Maske ist größer als 8 Megapixel. Eine kleinere im selben Format tut dasselbe.
said-mask-shape = Diese Maske hat ein anderes Format als das Bild, für das sie ist.
said-no-other = Von dieser Version gibt es kein anderes Bild.
said-subject-moved = Das Motiv steht in beiden Bildern verschieden, deshalb lässt es sich von dort nicht zurückholen.
said-region-left-out = Die Worte führten zu einem Bild mit anderem Format, deshalb blieb der gezeichnete Bereich beiseite.
said-comparing = Wird mit dem Bild davor verglichen
said-not-kept = Dieser Server konnte das Ergebnis nicht behalten. Versuch es noch einmal; wenn es so bleibt, sag es denen, die ihn betreiben.
said-sent-unusable = { $title } hat etwas geschickt, das kein hier lesbares Bild ist. Versuch es noch einmal.
said-blocked = { $title } hat diese Bearbeitung nach den eigenen Regeln abgelehnt. Mit anderen Worten, einem anderen Bild oder einem anderen Dienst kann es gehen.
said-rate-limited = { $title } bekommt gerade zu viele Anfragen. Versuch es gleich noch einmal.
said-quota = Das Kontingent des Kontos bei { $title } ist aufgebraucht. Kurz warten hilft nicht; ein anderer Tarif oder ein anderer Dienst schon.
said-unavailable = { $title } ist nicht erreichbar oder überlastet. Es liegt nicht an deinem Bild; versuch es später noch einmal.
said-resting = { $title } ist mehrmals hintereinander ausgefallen und wird einen Moment in Ruhe gelassen. Versuch es dann noch einmal, oder wähle einen anderen Dienst.
said-timed-out = { $title } hat nicht rechtzeitig geantwortet. Versuch es noch einmal.
said-words-only = { $title } hat nur mit Worten geantwortet. Bitte um das Bild, oder sag die Änderung mit anderen Worten.
said-unreadable = { $title } hat eine Antwort ohne lesbares Bild geschickt. Versuch es noch einmal.
said-unfinished = { $title } hat diese Bearbeitung begonnen und konnte sie nicht beenden.
said-misconfigured = { $title } ist nicht richtig eingerichtet: { $what }
said-stopped = Die Bearbeitung wurde angehalten.
said-own-disk = Dieser Server konnte das Bild nicht lesen oder schreiben. Versuch es noch einmal; wenn es so bleibt, sag es denen, die ihn betreiben.
said-no-picture-from-words = Die eingebaute Engine bearbeitet Bilder und kann keines aus Worten erfinden. Wähle ein Modell als Dienst, oder leg ein Bild ein.
said-spent-session = Diese Sitzung hat { $spent } von höchstens { $ceiling } für Modelle ausgegeben, deshalb wurde nichts gesendet. Wer diesen Server betreibt, kann das erhöhen; die eingebaute Engine kostet nichts.
said-spent-person = Du hast im Monat { $month } { $spent } von höchstens { $ceiling } für Modelle ausgegeben, deshalb wurde nichts gesendet. Wer diesen Server betreibt, kann das erhöhen; die eingebaute Engine kostet nichts.
said-spent-house = Auf diesem Server wurden im Monat { $month } { $spent } von höchstens { $ceiling } für Modelle ausgegeben, deshalb wurde nichts gesendet. Wer ihn betreibt, kann das erhöhen; die eingebaute Engine kostet nichts.
said-preparing = Das Bild wird vorbereitet
said-waiting = Warten auf { $title }
said-busy-again = Der Dienst ist ausgelastet; es wird noch einmal gefragt
said-drawing = Wird gezeichnet
said-reading = Die Antwort wird gelesen

## What the layers below say: what a model changed

said-same-region = Die Pixel außerhalb des Bereichs sind genau gleich.
said-same-rest = Der Rest des Bildes ist genau gleich.
said-whole-changed = Das ganze Bild hat sich geändert, deshalb ist es so, wie es vom Modell kam.
said-reframed = Das Modell hat den Ausschnitt neu gewählt, deshalb ist es so, wie es vom Modell kam.
said-unrelated = Das zeigt etwas anderes, deshalb ist es so, wie es vom Modell kam.
said-kept-off = Wie es vom Modell kam; der Rest kann sich etwas geändert haben.
said-subject-back = Das Motiv wurde aus einer anderen Version zurückgeholt.
said-not-compared = Wie es vom Modell kam; es ließ sich nicht mit dem Bild davor vergleichen.
said-alike-same = gleich
said-alike-slight = leicht anders
said-alike-visible = sichtbar anders
said-alike-another = neu gezeichnet
said-nothing = nichts
said-little = weniger als 0,1 %
said-shifted = um { $px } px verschoben
said-larger = { $percent } % größer
said-smaller = { $percent } % kleiner
said-turned = um { $degrees }° gedreht
said-cast = Farben um { $levels } daneben
said-sent-as = als { $size } geschickt

## What the layers below say: the coach

said-look = Zu diesem Bild ({ $size }): { $what }.
said-look-blurred = es ist überall unscharf, und feine Einzelheiten im Ergebnis werden erfunden sein
said-look-dark = es ist dunkel, und Schatten können körnig werden: Zuerst „make it brighter“ hilft
said-look-bright = es ist sehr hell, und was ausgebrannt ist, kommt nicht zurück
said-look-small = es ist klein, und das Ergebnis wird nicht mehr Einzelheiten haben
said-no-image = Du sprichst von Bild { $number }, und das gibt es nicht: Füg es mit + hinzu, oder lass es weg.
said-needs-reference = „{ $words }“ braucht eine Vorlage, und es ist keine dabei: Füg sie mit + hinzu.
said-which-picture = Sag, welches Bild „{ $words }“ ist.
said-attached = { $title } nimmt höchstens { $most } Vorlagen; { $count } sind dabei.
said-not-from-words = { $title } kann aus Worten allein kein Bild machen: Leg ein Bild ein, oder wähle einen anderen Dienst.
said-not-told = { $title } erfährt nichts vom Bereich. Was außerhalb liegt, wird genau zurückgegeben; sag aber mit Worten, wohin die Änderung gehört.
said-opposites = „{ $one }“ und „{ $other }“ heben einander auf. Sag, für welchen Teil jedes gilt, oder behalte eines.
said-region-drawn = Ein Bereich ist gezeichnet, und du sagst „{ $words }“: Nur was darin liegt, wird sich ändern.
said-vague-say = „{ $word }“ kann vieles heißen: Sag es genauer ({ $hint }).
said-vague = „{ $word }“ kann vieles heißen. Sag, was man sehen soll:
said-left-out = „{ $words }“ bliebe weg. { $why }
said-would-have = { $title } hätte: { $done }.
said-subject-small = Was hervorsticht, nimmt weniger als 2 % des Bildes ein. Wenn „{ $word }“ das meint, markiere es mit „Bereich“ oder schneide zuerst enger zu.

## What the layers below say: quick next steps

said-chip-stronger = Stärker
said-chip-weaker = Schwächer
said-chip-background = nur den Hintergrund
said-chip-warmer = Wärmer machen
said-chip-keep = Alles andere gleich lassen

## The region

region-hint = Ein Rechteck, in Prozent des Bildes. Was außerhalb liegt, bleibt genau gleich.
region-from-left = Von links
region-from-top = Von oben
region-width = Breite
region-height = Höhe
region-ask = Was soll sich dort ändern?
region-title = Ein Bereich von v{ $number } aus „{ $title }“
region-heading = Nur einen Teil von v{ $number } ändern
region-name = Bereich von v{ $number }
region-tool = Werkzeug
region-brush-title = Pinsel (B)
region-brush = Pinsel
region-eraser-title = Radierer (E)
region-eraser = Radierer
region-rectangle-title = Rechteck (Q): ziehen oder zwei Ecken anklicken
region-rectangle = Rechteck
region-lasso-title = Lasso (L): umfahren oder Ecke für Ecke anklicken
region-lasso = Lasso
region-smart-title = Kluge Auswahl (S): antippen oder grob darüberstreichen
region-smart = Kluge Auswahl
region-move-title = Das Bild verschieben (H)
region-move = Das Bild verschieben
region-undo-title = Strich zurücknehmen (Strg Z)
region-undo = Strich zurücknehmen
region-redo-title = Strich wiederholen (Strg Umschalt Z)
region-redo = Strich wiederholen
region-clear-title = Leeren
region-clear = Den Bereich leeren
region-more-for = Mehr zum Bereich
region-more = Mehr
region-percent = Rechteck in Prozent
region-left = Links
region-top = Oben
region-add = Rechteck hinzufügen
region-import = PNG importieren
region-export = Als PNG exportieren
region-colours = Weiß darf sich ändern, Schwarz bleibt, Grau ist der weiche Rand.
region-done = Fertig
region-canvas = Bereich. Pfeiltasten bewegen das Kreuz, die Leertaste malt dort.
region-size = Größe
region-soft = Weicher Rand
region-except = Alles außer dem Bereich
region-zoom = Vergrößerung
region-out-title = Verkleinern (−)
region-out = Verkleinern
region-fit-title = Einpassen (0)
region-in-title = Vergrößern (+)
region-in = Vergrößern
region-fit = das Bild einpassen
region-undone = Zurückgenommen
region-again = Wiederholt
region-cleared = Geleert
region-empty = Markiere, was sich ändern darf. Noch ist nichts markiert.
region-drawn = Bereich: { $share } des Bildes. Die Pixel außerhalb bleiben genau gleich.
region-corner = Erste Ecke gesetzt. Jetzt die gegenüberliegende.
region-corners = { $count ->
     [one] 1 Ecke. Eingabe oder ein Klick auf die erste schließt ab.
    *[other] { $count } Ecken. Eingabe oder ein Klick auf die erste schließt ab.
  }
region-looking = Wird gesucht …
region-selected = Ausgewählt
region-added = Rechteck hinzugefügt
region-imported = Importiert
region-not-sent = Der Bereich konnte noch nicht gesendet werden; er geht mit deinen Worten mit.
region-no-picture = Das lässt sich nicht als Bild lesen.
region-little = weniger als 0,1 %
region-chip = Bereich: { $share } des Bildes
region-idle = Der Bereich wurde auf einem anderen Format gezeichnet und bleibt beiseite
region-edit = Bearbeiten
region-remove = Entfernen
region-remove-it = Den Bereich entfernen
region-removed = Bereich entfernt
region-not-back = Der Bereich konnte nicht zurückgeholt werden.
region-kept = Der Server ist nicht erreichbar. Deine Worte und der Bereich bleiben erhalten.

## Comparing

compare-title = v{ $before } und v{ $after } aus „{ $title }“
compare-name = v{ $before } im Vergleich mit v{ $after }
compare-first = Erste
compare-swap-title = Tauschen (X)
compare-swap = Die beiden tauschen
compare-second = Zweite
compare-go = Vergleichen
compare-how = Art des Vergleichs
compare-slider = Schieber
compare-side = Beide
compare-hold = Halten
compare-difference = Unterschied
compare-close-title = Schließen (Esc)
compare-close = Schließen
compare-much = Wie viel von v{ $before } zu sehen ist
compare-hold-words = { $shown }. Halten, um { $other } zu sehen.
compare-comparing = Wird verglichen …
compare-differs = Was sich unterscheidet, in Rot
compare-none = Kein Pixel ist anders.
compare-share = { $share } der Pixel sind anders; rot, je stärker, desto heller.
compare-little = Weniger als 0,1 %
compare-sizes = v{ $before } ist { $size }, v{ $after } ist { $other }: in einer Größe gezeigt.

## The tree

tree-title = Versionen von „{ $title }“
tree-all = Alle Versionen
tree-squash = { $count ->
     [one] Diese Anweisung auf das Original anwenden
    *[other] Diese { $count } Anweisungen auf einmal auf das Original anwenden
  }
tree-starred = mit Stern
tree-from = aus v{ $number }:

## The coach

coach-name = Coach
coach-look = Die Worte ansehen
coach-empty = Schreib, was sich ändern soll; was klarer sein könnte, steht dann hier.
coach-fine = An diesen Worten ist nichts zu verbessern.
coach-put-in = Einsetzen
coach-would = Das Ergebnis wäre: { $done }.

## Presets

presets-title = Rezepte
presets-back = Zurück zur Sitzung
presets-start = Mit einem Rezept beginnen
presets-hint = Es füllt das Textfeld; gesendet wird nichts. Was in [Klammern] steht, füllst du aus.
presets-delete = Das Rezept „{ $name }“ löschen
presets-library = Sammlung
presets-save-own = Ein eigenes speichern
presets-name = Name
presets-text = Text
presets-example = Put [what] on the table
presets-pictures = Bilder, die es braucht, mit Kommas dazwischen
presets-pictures-example = dein Muster, dein Logo
presets-shape = Format des Ergebnisses
presets-move = Export und Import
presets-choose = Datei zum Importieren wählen
presets-paste = Oder eine exportierte Datei einfügen
presets-import = Importieren
presets-team = Die deines Teams
presets-yours = Deine
presets-save = Speichern
presets-save-team = Für das Team speichern
presets-export = Deine exportieren (JSON)
presets-export-team = Die des Teams exportieren (JSON)
presets-there = Der Text ist da.
presets-blank = Der Text ist da, „{ $blank }“ ist ausgewählt.
presets-missing = Es fehlt noch: { $pictures }. Füg es mit + hinzu.
presets-numbered = { $name } (Bild { $number })
presets-needs = Braucht { $pictures }
list-comma = {", "}

## Sharing

share-title = „{ $title }“ teilen
share-name = Teilen
share-link = Der Link
share-copy = Kopieren
share-whoever = Wer den Link hat
share-can-view = darf ansehen
share-view-hint = Sieht alles live, ändert nichts
share-can-edit = darf bearbeiten
share-edit-hint = Gibt Änderungen in Auftrag, fügt Bilder hinzu, lädt herunter
share-works = Er gilt für
share-1 = 1 Tag
share-7 = 7 Tage
share-30 = 30 Tage
share-ever = immer, bis zum Widerruf
share-create = Link erzeugen
share-links = Links dieser Sitzung
share-revoke = Widerrufen
share-here = Hier ist der Link.
share-until = bis
share-until-revoked = bis du ihn widerrufst
share-only-now = Er wird nur jetzt gezeigt: Kopiere ihn.
share-allows-view = Darf ansehen
share-allows-edit = Darf bearbeiten
share-revoked = widerrufen
share-expired = abgelaufen
share-made = Erzeugt
share-ends = endet
share-never = endet nie
share-used = { $times } benutzt, zuletzt
share-unused = noch nicht benutzt

## All pictures

gallery-title = Alle Bilder
gallery-search-in = In Titeln und Anweisungen suchen
gallery-titles = Titel und Anweisungen
gallery-search = Suchen
gallery-filter = Filter
gallery-by = In Auftrag gegeben von
gallery-anybody = Alle
gallery-made = Gemacht von
gallery-anything = Alles
gallery-from = Ab (UTC)
gallery-until = Bis
gallery-starred = Nur mit Stern
gallery-nothing = Nichts gefunden.
gallery-fewer = Versuch es mit weniger oder anderen Worten. Das letzte darf ein Wortanfang sein.
gallery-show-all = Alle Bilder zeigen
gallery-none = Noch keine Bilder.
gallery-will-be = Hier wird jede Version deiner Sitzungen stehen.
gallery-begin = Mit einem Bild beginnen
gallery-tick = Hake Bilder an, um sie herunterzuladen, zu löschen oder wiederzuverwenden.
gallery-newest-first = Bilder, neueste zuerst
gallery-star = mit Stern
gallery-choose = v{ $number } aus „{ $title }“ auswählen
gallery-with = Mit den angehakten Bildern
gallery-download = Herunterladen (ZIP)
gallery-target = Die Sitzung, die sie bekommt
gallery-use = Dort als Vorlage nehmen
gallery-delete = Ihre Sitzungen löschen …
gallery-pages = Seiten
gallery-newest = Zu den neuesten
gallery-older = Ältere Bilder
gallery-alt-came = { $title }, wie es kam
gallery-came = Wie es kam
gallery-versions = { $count ->
     [one] 1 Version
    *[other] { $count } Versionen
  }
gallery-not-yours = Die kannst du nicht löschen
gallery-not-yours-words = Die angehakten Bilder gehören zu Sitzungen, die andere mit dir geteilt haben. Löschen können sie nur, wem sie gehören.
gallery-back = Zurück zu den Bildern
gallery-whole = Bilder werden mit ihrer ganzen Sitzung gelöscht: mit allen Versionen und dem Gespräch. Sie kann 30 Tage lang von der Startseite aus wiederhergestellt werden.
gallery-keep = Alles behalten
gallery-sure = Sitzungen löschen?
gallery-delete-these = { $count ->
     [one] Diese Sitzung löschen?
    *[other] Diese { $count } Sitzungen löschen?
  }
gallery-kept = Nicht deine, bleiben erhalten:

## Where a picture comes from

verify-heading = Woher kommt dieses Bild?
verify-hint = Diese Seite sieht nach, ob ein Bild auf diesem Server gemacht, bearbeitet oder aufbewahrt wurde. Was du sendest, wird angesehen und nicht behalten.
verify-answer = Die Antwort
verify-stored = Das gespeicherte Bild
verify-open = Öffnen
verify-looked = Wonach gesucht wurde
verify-credentials = Was seine Nachweise sagen
verify-drop = , hierher ziehen oder einfügen
verify-picture = Bild
verify-look = Nachsehen
verify-kinds = JPEG, PNG, WebP oder GIF, bis zu { $most } MiB.
verify-root = Stammzertifikat
verify-title = Woher kommt es?
verify-frame = Der Rahmen ist, was deines davon zeigt.
verify-dashed = Der gestrichelte Rahmen ist, wo sie sich unterscheiden.
verify-wrong = etwas stimmt nicht
verify-found = gefunden
verify-not-found = nicht gefunden
verify-proves = Beweist:
verify-proves-not = Beweist nicht:
verify-another = Nach einem anderen Bild fragen
verify-nothing = Nichts zu finden beweist nichts: Ein Zeichen kann sich abnutzen, und Nachweise gehen leicht verloren. Niemand kann einem Bild allein ansehen, dass es keine Maschine gemacht hat. Das Zertifikat, mit dem dieser Server unterschreibt:
origin-asked = In Auftrag gegeben von
origin-done = Gemacht von
origin-deeds = Was getan wurde
origin-ai = Generative KI
origin-mark = Unsichtbares Zeichen
origin-from = Entstanden aus
origin-came = Die Nachweise, mit denen es kam
origin-evidence = Beleg (JSON)
origin-copy = Als Beleg kopieren
origin-ai-yes = Ja: Ein Modell hat Pixel davon gemacht, und die Nachweise sagen es.
origin-ai-no = Nicht in diesem Schritt, soweit dieser Server ihn getan hat.
origin-marked = In jeder Kopie, die hinausgeht.
origin-unmarked = Keines: Niemand hat es hier bearbeitet, oder es ist noch nicht hinausgegangen.

## What the layers below say: where a picture comes from

said-here-broken = Das kommt von hier und wurde seither geändert: Die Nachweise passen nicht mehr dazu.
said-here-made = Dieses Bild wurde hier gemacht oder bearbeitet.
said-here = Dieses Bild kommt von hier.
said-foreign = Dieses Bild sagt, woher es kommt, und es ist nicht von hier.
said-alike = Das sieht aus wie ein Bild von hier. Nichts darin beweist, dass es von hier kommt.
said-no-sign = Kein Zeichen von hier. Das sagt nichts darüber, wie das Bild gemacht wurde.
said-deed-words = von einem generativen Modell aus Worten gemacht
said-deed-generated = von einem generativen Modell bearbeitet
said-deed-restyled = von einem kleinen trainierten Netz neu gemalt
said-deed-enlarged = von einem kleinen trainierten Netz vergrößert
said-deed-adjusted = Licht und Farbe angepasst
said-deed-filtered = gefiltert
said-deed-cropped = zugeschnitten
said-deed-turned = gedreht oder gespiegelt
said-deed-resized = skaliert
said-deed-composed = Teile verschoben, entfernt oder eingesetzt, nichts generiert
said-begun-canvas = Hier als leere Fläche begonnen
said-put-in = Hier von einem Menschen eingelegt
said-made-words = Hier aus Worten gemacht
said-edited-here = Hier bearbeitet
said-not-laid = Es ließ sich nicht über das gespeicherte Bild legen: Zu wenig davon ist gleich.
said-shows-part = Zugeschnitten: Es zeigt { $share } des gespeicherten Bildes.
said-shows-whole = Es zeigt das ganze gespeicherte Bild.
said-changed-part = Geändert im markierten Teil ({ $percent } % davon).
said-changed-light = Licht oder Farbe des Ganzen wurden geändert.
said-changed-nothing = Nichts daran wurde sichtbar geändert.
said-exact = Genau diese Datei
said-exact-unknown = Weder diese Datei noch genau diese Pixel sind hier bekannt.
said-exact-file = Genau diese Datei, Bit für Bit, ist hier bekannt.
said-exact-pixels = Genau diese Pixel sind hier bekannt, in einer neu geschriebenen Datei.
said-exact-proves = Dass genau dieses Bild hier war.
said-exact-other = Eine Datei, die neu gespeichert oder durch einen Messenger geschickt wurde, hat andere Bytes.
said-exact-not = Wer es jetzt hat, oder von wem.
said-credentials = Inhaltsnachweise (Content Credentials)
said-credentials-none = Die Datei trägt keine.
said-credentials-lost = Die meisten Programme und Dienste werfen sie weg, wenn sie ein Bild speichern.
said-credentials-unreadable = Es gibt welche, und sie lassen sich nicht lesen: { $why }.
said-credentials-unread-not = Woher es kommt: Was sich nicht lesen lässt, beweist nichts.
said-signed-here = Von hier unterschrieben, und seither wurde kein Bit geändert.
said-signed-here-proves = Die Geschichte unten, soweit sie von hier ist.
said-signed-here-not = Was andere taten, bevor es hierher kam: Dafür steht jede Aussage unten für sich.
said-signed-broken = Von „{ $signer }“ unterschrieben, aber das Bild wurde danach geändert, oder die Unterschrift stimmt nicht ({ $why }).
said-signed-broken-proves = Dass die Datei nicht mehr ist, was unterschrieben wurde.
said-signed-broken-not = Irgendetwas von dem, was die Aussage über dieses Bild sagt.
said-signed-stranger = Von „{ $signer }“ unterschrieben und seither unverändert. Wer das ist, ist hier nicht bekannt.
said-signed-stranger-proves = Dass jemand mit diesem Schlüssel es gesagt hat und dass seither nichts geändert wurde.
said-signed-stranger-not = Wer das ist: Alle können jeden Namen auf ein eigenes Zertifikat schreiben.
said-strange = { $count } der Bilder, aus denen es entstand, hatten Nachweise, die bei der Verwendung nicht galten: siehe unten.
said-more = Es gibt mehr, als gezeigt wird.
said-mark = Das unsichtbare Zeichen
said-mark-found = Das unsichtbare Zeichen von hier ist in den Pixeln (Gewissheit { $z } von 21; gelesen ab 12,5, unter bekannten Zeichen ab etwa 9).
said-mark-proves = Dass das Bild oder ein großer Teil davon hier gemacht oder bearbeitet wurde und gezeichnet hinausging.
said-mark-not = Dass seither nichts geändert wurde, oder von wem: Ein Zeichen übersteht Bearbeitungen und lässt sich auf ein anderes Bild kopieren. Vergleiche es mit dem gespeicherten.
said-mark-gone = Das unsichtbare Zeichen von hier ist in den Pixeln; das Bild, das es nennt, wird nicht mehr aufbewahrt.
said-mark-gone-proves = Dass es hier gemacht oder bearbeitet wurde.
said-mark-gone-not = Wie es aussah: Es gibt nichts mehr zum Vergleichen.
said-mark-slow = Die Suche nach einem Zeichen dauerte zu lange und wurde aufgegeben. Mit einer kleineren Kopie kann es gehen.
said-mark-slow-not = Über ein Zeichen ist also nichts bekannt.
said-mark-none = Es wurde kein unsichtbares Zeichen von hier gefunden.
said-mark-none-not = Kleine Kopien, starke Bearbeitungen und Bilder, die niemand bearbeitet hat, haben keines; es kann also trotzdem von hier sein.
said-looks = Wie es aussieht
said-looks-same = Es sieht gleich aus wie ein Bild von hier.
said-looks-much = Es sieht einem Bild von hier sehr ähnlich.
said-looks-no = Es sieht keinem Bild von hier ähnlich, von dem du wissen darfst, außer den oben genannten.
said-looks-not = Woher es kommt: Zwei Kopien eines Fotos sehen gleich aus, wer auch immer sie gemacht hat.
said-looks-other = Ausschnitte und starke Bearbeitungen sehen anders aus.
said-line-here = von hier unterschrieben
said-line-unknown = von „{ $signer }“ unterschrieben, hier unbekannt
said-line-broken = von „{ $signer }“ unterschrieben, ungültig: { $why }
said-line-bare = ohne Nachweise
said-role-edited = bearbeitet aus
said-role-with = gemacht mit
said-role-part = mit einem Teil von
said-a-picture = Ein Bild
said-role-just = mit
said-role-words = aus Worten gemacht, auf
said-came-own = kam mit eigenen Nachweisen
said-signed = unterschrieben
said-signed-later = unterschrieben, sobald es hinausgeht
said-asked-by = „{ $words }“, in Auftrag gegeben von { $name }

## What the layers below say: the library of presets

said-preset-social = Social-Media-Beitrag, anderer Hintergrund
said-preset-white = Produkt auf Weiß
said-preset-mock-up = Entwurf mit meinem Muster
said-preset-staging = Leeren Raum einrichten
said-preset-thumbnail = Vorschaubild mit Text
said-preset-portrait = Porträt auffrischen
said-preset-old = Altes Foto wiederherstellen
said-preset-season = Fassung zur Jahreszeit
said-preset-pattern = dein Muster

## Points to speak of

pins-tool = Punkte
pins-tool-title = Nummerierte Punkte setzen, von denen du sprechen kannst (P)
pins-on = Punkte auf v{ $number }
pins-title = Punkte auf v{ $number } von „{ $title }“
pins-help = Tippe auf das Bild, um einen Punkt zu setzen, und nenne ihn bei seiner Nummer: „make 1 red, remove 2“.
pins-view = Punkte. Die Pfeiltasten bewegen das Kreuz, die Leertaste setzt dort einen Punkt.
pins-clear = Leeren
pins-done = Fertig
pins-left = Links
pins-top = Oben
pins-left-of = Punkt { $number }, Prozent von links
pins-top-of = Punkt { $number }, Prozent von oben
pins-remove-one = Punkt { $number } entfernen
pins-most = Höchstens { $most } Punkte lassen sich setzen.
pins-set = Punkt { $number } gesetzt
pins-removed = Punkte entfernt
pins-remove-all = Die Punkte entfernen
pins-edit = Ändern
pins-remove = Entfernen
pins-there = Auf dem Bild sind Punkte gesetzt
pins-chip = { $count ->
     [one] 1 Punkt: sag „make 1 red“
    *[other] { $count } Punkte: sag „make 1 red“
  }
pins-idle = { $count ->
     [one] 1 Punkt, auf einer anderen Version gesetzt und beiseitegelegt
    *[other] { $count } Punkte, auf einer anderen Version gesetzt und beiseitegelegt
  }
pins-card = { $count ->
     [one] 1 Punkt
    *[other] { $count } Punkte
  }
pins-intro = Sag, wo die Punkte liegen, in Prozent des Bildes, und nenne sie bei ihren Nummern. Lass leer, was du nicht brauchst.
pins-point = Punkt { $number }
pins-from-left = Von links
pins-from-top = Von oben
pins-example = Make 1 red, remove 2
pins-send = Senden

## What people say about a version

comments-on = Kommentare zu v{ $number }
comments-title = Kommentare zu v{ $number } von „{ $title }“
comments-after = { $count ->
     [one] Kommentar zu v{ $number }
    *[other] Kommentare zu v{ $number }
  }
comments-close = Schließen
comments-yours = Dein Kommentar zu v{ $number }
comments-something = Sag etwas zu v{ $number }
comments-send = Kommentieren
comments-none = Zu dieser Version hat noch niemand etwas gesagt.
comments-delete = Den Kommentar von { $name } löschen
comments-said = { $name } hat v{ $number } kommentiert
comments-back = Zurück zu v{ $number }
comments-added = Kommentar hinzugefügt
comments-deleted = Kommentar gelöscht

## What the layers below say: comments, and the nets of the built-in engine

said-comment-empty = Schreib zuerst etwas.
said-comment-long = Ein Kommentar hat höchstens 1.000 Zeichen; dieser hat { $count }.
said-comments-full = Eine Version nimmt { $most } Kommentare auf. Nimm erst einen zurück.
said-engine-title = Eingebaute Engine
said-nets-without = Der eingebauten Engine fehlen einige ihrer Netze; sie arbeitet ohne sie weiter.
said-nets-going = Die kleinen Netze der eingebauten Engine werden geholt: { $here } von { $all } · noch { $megabytes } MB
