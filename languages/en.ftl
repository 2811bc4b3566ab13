# The words of the pages. Keys are used by templates (`self::say("key")`) and by `src/web/views`; what begins with `said-` is what the
# layers below say in English, looked up by these very words (`src/web/languages/sentences.rs`). Every language has every key.

## The frame of every page

frame-skip = Skip to the content
frame-warning = Warning
frame-exposed = This server has no password and can be reached by others: anybody on the network can use it.
frame-home = Plantain, to the start
frame-notices = Notifications
frame-you-are = You are { $name }
frame-your-name = Your name
frame-guest = Guest
frame-name-hint = Others see it beside what you ask for.
frame-save-name = Save the name
frame-sign-out = Sign out
frame-dialog = Dialog
frame-language = Language

## Words that the scripts of every page say

words-failed = That didn’t work ({ $status }).
words-close = Close
words-unreachable = The server can’t be reached.
words-unreachable-again = The server can’t be reached. Try again in a moment.
words-copied = Copied
words-copy-by-hand = Press Ctrl C to copy it.
words-just-now = just now
words-seconds = { $seconds } s
words-minutes = { $minutes } min { $seconds } s
words-link-ready = The link is ready to copy
words-heic = This browser can’t open HEIC pictures. Save it as JPEG, or on an iPhone choose Settings, Camera, Formats, Most Compatible.
words-avif = This browser can’t open AVIF pictures. Save it as JPEG or PNG.
words-no-picture = This can’t be read as a picture. JPEG, PNG, WebP and GIF work.
words-not-sent = This could not be sent. Try again.
words-picture = Picture
words-remove-file = Remove { $name }
words-drop-start = Drop it to begin
words-drop-edit = Use as the picture to edit
words-drop-edit-hint = Begins a new session
words-drop-reference = Add as reference
words-drop-reference-hint = For this session’s next edit
words-no-file = Nothing there that is a file.
words-others-there = The others are among your sessions.
words-most-references = A turn takes at most { $most } references.

## Words that the scripts of the session page say

words-new-versions = { $count ->
     [one] 1 new version
    *[other] { $count } new versions
  }
words-moved = The selection moved: show it
words-connected = Connected again.
words-lost = Connection lost. Trying again; what you type is kept.
words-gone = This session is no longer open to you.
words-too-many-references = This backend takes at most { $most } references.
words-no-references = The built-in engine works on one picture and leaves references aside.
words-no-image = There is no image { $number } yet: add it with +.
words-offline = Not connected. What you type is kept; sending will work again in a moment.
words-still-sending = A picture is still being sent. Send when it is there.
words-sending = Sending
words-kept = The server can’t be reached. Your words are kept: send them again in a moment.
words-removed = Removed
words-now-image = Now image { $number }
words-there-already = It is among the references already.
words-added-image = Added as image { $number }
words-describe = Describe the change to v{ $number }
words-sheet-less = Show only the composer
words-sheet-more = Show more of the conversation

## Home

home-title = Talk to a photo.
home-lead = Put a picture in, say what should change, and keep every version.
home-drop = Drop a picture here
home-paste = or paste it
home-choose = Choose a picture
home-take = Take a photo
home-start = Start with it
home-stays = JPEG, PNG, WebP or GIF. It stays on this server; place and camera data are removed.
home-uploads = Being sent
home-words = Or begin with words
home-words-ask = What should the picture show?
home-shape = Shape
home-make = Make it
home-ours-first = No picture at hand? Begin with one of ours
home-ours = Or begin with one of ours
home-try = Try: “{ $words }”
home-engine = The built-in engine is at work: light, colour, detail, crop and turn, offline and at once. With the key of a model, whoever runs this server adds edits that invent new things.
home-how = How it goes
home-how-1 = Put a picture in.
home-how-1-more = It becomes version 1 and is never changed.
home-how-2 = Say what should change.
home-how-2-more = Every answer is a new version; go back to any of them and try another way.
home-how-3 = Share the link.
home-how-3-more = Others watch live, or edit along with you.
home-sessions = Your sessions
home-gallery = All pictures and search
home-verify = Where does a picture come from? Ask this server
home-more-for = More for “{ $title }”
home-session-title = Title
home-rename = Rename
home-delete = Delete
home-can-restore = Can be restored for 30 days.
home-trash = Deleted sessions ({ $count })
home-trash-hint = Kept 30 days, then gone for good.
home-restore-named = Restore “{ $title }”
home-restore = Restore
home-deleted = deleted
home-harbour = Harbour
home-still-life = Still life
home-shared-view = Shared with you to view
home-shared-edit = Shared with you to edit

## The door, and what went wrong

door-sign-in = Sign in
door-welcome = Welcome
door-asks = This server asks for its shared password.
door-password = Password
error-home = To the start
error-request = Request
error-in-log = Whoever runs this server finds it in the log by that.
error-401 = Please sign in
error-401-words = This server asks for its shared password.
error-403 = Not with this link
error-403-words = You can look, but this can only be done by those who may edit or own the session.
error-404 = Nothing here
error-404-words = There is no such page, or the link to it has ended. Ask whoever sent it for a new one.
error-409 = Changed meanwhile
error-409-words = Somebody was quicker. Go back, look at how it is now, and try again.
error-413 = Too large
error-413-words = That is more than this server takes. A smaller picture will do.
error-415 = Not a picture this server can read
error-415-words = JPEG, PNG, WebP and GIF work. Save or export it as one of these and try again.
error-422 = That didn’t work
error-422-words = Something in the form was missing or not right. Go back and look at it again.
error-429 = A little slower, please
error-429-words = That were many requests in a short time. Wait a moment, then try again.
error-503 = Busy just now
error-503-words = The server is busy or about to restart. Nothing that was accepted is lost; try again in a moment.
error-4xx-words = The server could not make sense of this request. Go back and try again.
error-500 = Our fault
error-500-words = Something broke on the server. It has been written down; nothing that was accepted is lost.

## The session page

session-talk = Conversation
session-nothing = Nothing asked yet.
session-nothing-words = Say in your own words what should change. Each answer becomes a new version, and nothing is ever lost.
session-ideas = Ideas
session-others = What others ask for appears here by itself.
session-watching = You are watching. Whoever sent you this link can send one with which you can edit, too.
session-english = The built-in engine reads English.
head-session = Session
head-share = Share
head-more = More for this session
head-download = Download everything (zip)
head-title = Title
head-rename = Rename
head-delete = Delete the session
head-can-restore = Can be restored from the start page for 30 days.
stage-name = The picture, v{ $number }
stage-versions = Versions
stage-undo-title = Undo (Ctrl Z)
stage-undo = Undo
stage-redo-title = Redo (Ctrl Shift Z)
stage-redo = Redo
stage-original-title = Back to the original
stage-original = Original
stage-picture = Picture
stage-region-title = Choose where to change something (R)
stage-region = Region
stage-compare-title = Compare two versions (C)
stage-compare = Compare
stage-hold-title = Hold to see v{ $number } (Space on the picture)
stage-hold = Hold for v{ $number }
stage-download-title = Download v{ $number }
stage-download = Download
stage-edited = Edited here
stage-came = As it came
stage-elsewhere = Not the current version.
stage-revert = Revert to here
stage-current = To the current one
stage-of = v{ $number } of { $newest }
stage-hold-space = Hold Space to see v{ $number }
stage-before = v{ $number }, before
stage-of-newest = of { $newest }
stage-by = by { $name }
stage-empty = An empty canvas
stage-put-in = The picture as it was put in
stage-as-put-in = As it was put in
stage-other-size = v{ $number } is { $size }
stage-left-out = { $count } more
strip-name = The way to v{ $number }
strip-tree-title = All versions as a tree (T)
strip-tree = Tree
strip-alike = Subject { $percent } % like itself
strip-forks = { $count ->
     [one] 1 version grows from here
    *[other] { $count } versions grow from here
  }
chips-name = Quick next steps
base-choose = Choose another in the filmstrip
base-editing = Editing
earlier-show = Show earlier turns
reference-left = Move v{ $number } to the left
reference-remove = Remove v{ $number }
reference-right = Move v{ $number } to the right
reference-use = use
composer-references = References
composer-ask = What should change?
composer-add-reference = Add a reference picture
composer-presets-title = Start from a preset
composer-presets = Presets
composer-add = Add picture
composer-who = Who does the edit
composer-send = Send
composer-send-title = Send (Enter)
composer-enter = Enter sends, Shift Enter breaks the line
composer-keys = Keys
composer-canvas = Describe the picture
composer-engine = Built-in engine: light, weather, colour, looks, backgrounds, shape.
choices-options = Options
choices-as-is = As it is
choices-usual = Usual
choices-kept = Kept the same
choices-returned = As the model returns it
choices-results = Results
choices-quality = Quality
choices-workflow = Workflow
choices-rest = Everything else
choices-low = Low
choices-medium = Medium
choices-high = High
choices-spent = This session: { $spent } · { $month }: { $all }
choices-spent-of = This session: { $spent } · { $month }: { $all } of { $ceiling }
forecast-references = { $count ->
     [one] { $count } reference
    *[other] { $count } references
  }
forecast-candidates = { $count ->
     [one] { $count } candidate
    *[other] { $count } candidates
  }
forecast-free = free
forecast-about = about { $price }
keys-name = Keys
keys-writing = While you write
keys-send = Send
keys-break = Break the line
keys-recall = In an empty field: what was asked before
keys-picture = On the picture
keys-hold = Hold it to see the version before
keys-undo = Undo
keys-redo = Redo
keys-region = Draw a region
keys-points = Set numbered points
keys-comments = Comments on this version
keys-tree = All versions as a tree
keys-help = This list
keys-versions = Among the versions
keys-along = Move along
keys-stage = Put it on the stage
keys-in-region = In a region
keys-tools = Brush, eraser, rectangle, lasso, smart select, move
keys-size = Smaller, larger
keys-except = Everything except the region
keys-paint = Paint at the cross, set a corner, or select there
keys-in-tree = In the tree
keys-parent = To what it came from, to what came of it
keys-neighbour = To the neighbour in the row
keys-compare-parent = Compare it with what it came from
keys-anywhere = Anywhere
keys-close = Close what is open
keys-compare = Compare two versions; there M changes the way, X swaps, Space shows the first
keys-cross = Move the cross; Shift goes further
turn-cancel = Cancel
turn-candidates = { $count ->
     [one] { $count } candidate
    *[other] { $count } candidates
  }
turn-show = Show v{ $number } on the stage
turn-star-named = Star v{ $number }
turn-compare = Compare v{ $base } with v{ $number }
turn-compare-with = Compare with v{ $base }
turn-use = Use v{ $number } as reference
turn-reference = Reference
turn-download = Download v{ $number }
turn-where = Where v{ $number } comes from
turn-returned = As the model returned it
turn-returned-alt = v{ $number } as the model returned it
turn-use-returned = Use the model’s own picture
turn-difference = Difference
turn-difference-alt = Where v{ $number } differs from the version before: light where it does
turn-keep-subject = Try again, keeping the subject
turn-subject-back = Bring the subject back
turn-go-back = Go back
turn-go-back-all = Go back and say it all in one go
turn-moved = Moved to v{ $number }
turn-details = Details
turn-copy-report = Copy the report
turn-sent = What was sent
turn-resend = Edit and resend
turn-from = Made from
turn-image = image { $number }
turn-region = Region: { $share }
turn-starred = Starred
turn-star = Star: keep in mind
turn-go-on = Go on with it
turn-edit-this = Edit this
turn-heading = Turn { $place } by { $name }: { $state }
turn-working = Working
turn-queued = Queued
turn-soon = Starts in a moment
turn-next = Next in line
turn-in-line = { $place } in line
turn-cancelled = Cancelled
turn-kept = The words are kept.
turn-send-again = Send again
turn-finished = Finished
turn-finished-pictures = { $count ->
     [one] Finished, 1 picture
    *[other] Finished, { $count } pictures
  }
turn-tokens = { $count } tokens
turn-wait = Worth another try after { $span }.
turn-edit-words = Edit the words
turn-declined = The engine doesn’t do this
turn-needs-generative = This needs a generative model
turn-not-understood = Not understood
turn-blocked = The service declined this edit
turn-rate-limited = Too many requests just now
turn-quota = The allowance is used up
turn-unavailable = Out of reach
turn-timeout = No answer in time
turn-no-image = The model answered in words only
turn-bad-answer = The answer held no picture
turn-misconfigured = Not set up right
turn-interrupted = Interrupted
turn-fault-service = On the service’s side
turn-fault-server = On this server’s side
turn-ask-picture = Ask for the picture
turn-try-again = Try again
turn-you = You
turn-changed = { $share } changed
turn-subject = Subject { $percent } %: { $word }
turn-to-first = to the first picture { $percent } %: { $word }
turn-subject-warning = The subject looks less like itself ({ $percent } %).
turn-face-warning = The face looks like another one ({ $percent } %).
gone-link = Your link to this session does not work any more.
gone-session = This session was deleted.
typing-one = { $name } is typing…
typing-two = { $name } and { $other } are typing…
typing-many = { $count } people are typing…
people-name = Also here
key-enter = Enter
key-break = Shift Enter
key-space = Space
key-undo = Ctrl Z
key-redo = Ctrl Shift Z
stage-preview = Preview

## Times and spans

time-when = { $day } { $month ->
     [1] Jan
     [2] Feb
     [3] Mar
     [4] Apr
     [5] May
     [6] Jun
     [7] Jul
     [8] Aug
     [9] Sep
     [10] Oct
     [11] Nov
    *[12] Dec
  } { $year }, { $clock } UTC
time-month = { $month ->
     [1] January
     [2] February
     [3] March
     [4] April
     [5] May
     [6] June
     [7] July
     [8] August
     [9] September
     [10] October
     [11] November
    *[12] December
  } { $year }
time-ms = { $ms } ms
time-tenths = { $whole }.{ $tenth } s
time-s = { $s } s
time-min = { $min } min
time-min-s = { $min } min { $s } s
time-h = { $h } h
time-h-min = { $h } h { $min } min
money-little = less than $0.001
times-used = { $count ->
     [one] once
    *[other] { $count } times
  }

## What the layers below say: pictures and forms on their way in

said-not-found = There is nothing here, or the link to it does not work any more.
said-look-only = This link lets you look, not change anything. Ask for an edit link.
said-sign-in-first = Sign in first.
said-no-space = This server has no room for more pictures. Whoever runs it has to make some.
said-unwritable = This server can't write to its disk just now, so nothing was changed. What is there can still be seen. Whoever runs it has to look at the disk.
said-internal = Something went wrong on our side. What was stored before is safe; try again.
said-others-ask = Others are asking about pictures just now. Try again in a moment.
said-not-here = That can't be done at this address.
said-more-than-taken = That is more than this takes.
said-stopping = The server is busy or stopping. Try again in a moment.
said-not-understood = The request can't be understood.
said-watchers = too many people are watching just now
said-file-is = This file is { $found }, not a picture. JPEG, PNG, WebP and GIF pictures work.
said-file-unlike = This file doesn't look like a picture. JPEG, PNG, WebP and GIF pictures work.
said-file-phone = { $kind } pictures can't be read here yet. JPEG, PNG, WebP and GIF pictures work. Phones save JPEG when the camera format is set to “most compatible”.
said-file-kind = { $kind } can't be read here. JPEG, PNG, WebP and GIF pictures work. Please save it as one of these.
said-file-large = This file is too large. It may have up to { $most } MB; a smaller version or a JPEG will do.
said-picture-large = This picture is too large: { $size } pixels. It may have up to { $most } million pixels, and { $side } on a side.
said-picture-damaged = This picture is damaged or incomplete and can't be read. Please open it in another program, save it again, and send that.
said-picture-slow = This picture takes too long to read. Please save it again as JPEG or PNG, or make it smaller.
said-pictures-many = Too many pictures are arriving at once. Please try again in a moment.
said-no-room = There is no room left for more pictures on this server. What is here already stays readable.
said-not-stored = The picture couldn't be stored. Nothing was kept; please try again.
said-many-things = Too many things at once: at most { $limit } fields and files.
said-text-long = The text is too long: at most { $limit }.
said-one-file-large = The file is too large: at most { $limit }.
said-upload-large = The upload is too large: at most { $limit } in all.
said-form-damaged = The form arrived damaged. Try again.
said-upload-stopped = The upload stopped on the way. Check the connection and try again.
said-upload-broke = The upload broke off before its end. Try again.
said-cross-site = This was sent from another site, or from a page opened under another address, so nothing was changed. Open Plantain at its own address and try again.
said-wrong-host = This server doesn't answer under that name. If it is yours, set its public address in the settings, or open it by its IP address.
said-address-long = That address is too long.
said-wrong-often = That was wrong too often from your network. Try again in { $seconds } seconds.
said-wrong-often-one = That was wrong too often from your network. Try again in { $seconds } second.
said-name-long = A name has at most { $most } characters.
said-choose-picture = Choose a picture first.
said-canvas-long = A canvas is at most eight times as long as it is wide.
said-many-asked = Many pictures were asked about from your network. Wait a moment.
said-other-shapes = These two have different shapes, so that there are no pixels to compare.
said-form-not-whole = The form did not arrive whole. Try again.
said-more-text = That is more text than this takes.
said-reload = The form is incomplete. Reload the page and send again.
said-no-squash = The instructions up to this version can’t be put together into one.
said-choose-access = Choose what the link allows.
said-choose-end = Choose when the link ends.
said-choose-session = Choose the session that shall have them.
said-choose-most = Choose at most { $most } pictures at once.
said-choose-one = Choose at least one picture first.
said-say-what = Say what to change.
said-instruction-long = An instruction has at most 4,000 characters; this one has { $count }.
said-give-title = Give the session a title.
said-title-long = A title has at most 120 characters.
said-four-numbers = A region needs four numbers in per cent: left, top, width and height, inside the picture.
said-ask-results = Ask for 1 to 4 results.
said-ratio = A ratio is two numbers, like 16:9.
said-quality = The quality is low, medium or high.
said-no-workflow = There is no workflow of that name.
said-preset-name = Give the preset a name of at most 60 characters.
said-preset-text = A preset’s text has 1 to 4,000 characters.
said-preset-pictures = A preset asks for at most 13 pictures, each named in at most 60 characters.
said-preset-file = This is not a file of presets. Use one that was exported here.
said-preset-many = A file has at most 100 presets.
said-preset-room = There is room for { $most } presets. Delete some first.
said-not-the-password = That is not the password.
said-choose-fewer = A turn takes at most { $most } references. Choose fewer.

## What the layers below say: turns

said-other-session = That picture is not part of this session.
said-other-region = That region is not part of this session. Draw it again.
said-region-shape = That region was drawn on a picture of another shape. Draw it again on this one.
said-no-backend = There is no backend with this name here.
said-most-references = { $title } takes at most { $most } reference pictures.
said-many-waiting = Many turns of this session are waiting already. Let some finish, or cancel one.
said-nothing-marked = Nothing is marked. Draw over what may change.
said-mask-large = This mask is larger than 8 megapixels. A smaller one in the same shape does the same.
said-mask-shape = This mask has another shape than the picture it is for.
said-no-other = There is no other picture of this version.
said-subject-moved = The subject stands differently in the two pictures, so it can’t be brought back from that one.
said-region-left-out = The words led to a picture of another shape, so the drawn region was left out.
said-comparing = Comparing with the picture before
said-not-kept = This server could not keep the result. Try again; if it stays, tell whoever runs it.
said-sent-unusable = { $title } sent something that is not a picture this house takes. Try again.
said-blocked = { $title } declined this edit under its rules. Other words, another picture or another backend may work.
said-rate-limited = { $title } is getting too many requests just now. Try again in a moment.
said-quota = The allowance of the { $title } account is used up. Waiting a little does not help; its plan or another backend does.
said-unavailable = { $title } can't be reached or is overloaded. This is not about your picture; try again later.
said-resting = { $title } failed several times in a row and is left alone for a moment. Try again then, or choose another backend.
said-timed-out = { $title } did not answer in time. Try again.
said-words-only = { $title } answered in words only. Ask for the picture, or say the change in other words.
said-unreadable = { $title } sent an answer that holds no readable picture. Try again.
said-unfinished = { $title } began this edit and could not finish it.
said-misconfigured = { $title } is not set up right: { $what }
said-stopped = The edit was stopped.
said-own-disk = This server could not read or write the picture. Try again; if it stays, tell whoever runs it.
said-no-picture-from-words = The built-in engine edits pictures and can't make one up from words. Choose a model as backend, or put a picture in.
said-spent-session = This session has spent { $spent } of at most { $ceiling } on models, so nothing was sent. Whoever runs this server can raise that; the built-in engine costs nothing.
said-spent-person = In { $month } you have spent { $spent } of at most { $ceiling } on models, so nothing was sent. Whoever runs this server can raise that; the built-in engine costs nothing.
said-spent-house = In { $month } this house has spent { $spent } of at most { $ceiling } on models, so nothing was sent. Whoever runs this server can raise that; the built-in engine costs nothing.
said-preparing = Preparing the picture
said-waiting = Waiting for { $title }
said-busy-again = The service is busy; asking again
said-drawing = Drawing
said-reading = Reading the answer

## What the layers below say: what a model changed

said-same-region = Pixels outside the region are exactly the same.
said-same-rest = The rest of the picture is exactly the same.
said-whole-changed = The whole picture changed, so it is as the model returned it.
said-reframed = The model framed it anew, so it is as the model returned it.
said-unrelated = This shows something else, so it is as the model returned it.
said-kept-off = As the model returned it; the rest may have changed a little.
said-subject-back = The subject was brought back from another version.
said-not-compared = As the model returned it; it could not be compared with the picture before.
said-alike-same = the same
said-alike-slight = slightly different
said-alike-visible = visibly different
said-alike-another = another rendering
said-nothing = nothing
said-little = less than 0.1 %
said-shifted = shifted by { $px } px
said-larger = { $percent } % larger
said-smaller = { $percent } % smaller
said-turned = turned by { $degrees }°
said-cast = colours off by { $levels }
said-sent-as = sent as { $size }

## What the layers below say: the coach

said-look = About this picture ({ $size }): { $what }.
said-look-blurred = it is blurred all over, and fine detail in the result will be invented
said-look-dark = it is dark, and shadows may come out grainy: “make it brighter” first helps
said-look-bright = it is very bright, and what is burnt out cannot come back
said-look-small = it is small, and the result will not hold more detail
said-no-image = You speak of image { $number }, and there is none: add it with +, or leave it out.
said-needs-reference = “{ $words }” needs a reference picture, and none is attached: add it with +.
said-which-picture = Say which picture “{ $words }” is.
said-attached = { $title } takes at most { $most } reference pictures; { $count } are attached.
said-not-from-words = { $title } cannot make a picture from words alone: put a picture in, or choose another backend.
said-not-told = { $title } is not told of the region. What lies outside of it is given back exactly, but say in words where the change goes.
said-opposites = “{ $one }” and “{ $other }” undo each other. Say which part each is for, or keep one.
said-region-drawn = A region is drawn, and you say “{ $words }”: only what is inside will change.
said-vague-say = “{ $word }” can mean many things: say { $hint }.
said-vague = “{ $word }” can mean many things. Say what you would see:
said-left-out = “{ $words }” would be left out. { $why }
said-would-have = { $title } would have: { $done }.
said-subject-small = What stands out takes up less than 2 % of the picture. If that is what “{ $word }” means, mark it with Region or crop closer first.

## What the layers below say: quick next steps

said-chip-stronger = Stronger
said-chip-weaker = Weaker
said-chip-background = only the background
said-chip-warmer = Make it warmer
said-chip-keep = Keep everything else the same

## The region

region-hint = A rectangle, in percent of the picture. What is outside stays exactly the same.
region-from-left = From the left
region-from-top = From the top
region-width = Width
region-height = Height
region-ask = What should change there?
region-title = A region of v{ $number } of “{ $title }”
region-heading = Change only a part of v{ $number }
region-name = Region of v{ $number }
region-tool = Tool
region-brush-title = Brush (B)
region-brush = Brush
region-eraser-title = Eraser (E)
region-eraser = Eraser
region-rectangle-title = Rectangle (Q): drag, or click two corners
region-rectangle = Rectangle
region-lasso-title = Lasso (L): draw around it, or click corner by corner
region-lasso = Lasso
region-smart-title = Smart select (S): tap it or stroke roughly over it
region-smart = Smart select
region-move-title = Move the picture (H)
region-move = Move the picture
region-undo-title = Undo the stroke (Ctrl Z)
region-undo = Undo the stroke
region-redo-title = Redo the stroke (Ctrl Shift Z)
region-redo = Redo the stroke
region-clear-title = Clear
region-clear = Clear the region
region-more-for = More for the region
region-more = More
region-percent = Rectangle in percent
region-left = Left
region-top = Top
region-add = Add the rectangle
region-import = Import a PNG
region-export = Export as PNG
region-colours = White may change, black stays, grey is the soft edge.
region-done = Done
region-canvas = Region. Arrow keys move the cross, Space paints there.
region-size = Size
region-soft = Soft edge
region-except = Everything except the region
region-zoom = Zoom
region-out-title = Zoom out (−)
region-out = Zoom out
region-fit-title = Fit (0)
region-in-title = Zoom in (+)
region-in = Zoom in
region-fit = fit the picture
region-undone = Undone
region-again = Done again
region-cleared = Cleared
region-empty = Mark what may change. Nothing is marked yet.
region-drawn = Region: { $share } of the picture. Pixels outside stay exactly the same.
region-corner = First corner set. Now the opposite one.
region-corners = { $count ->
     [one] 1 corner. Enter or a click on the first closes it.
    *[other] { $count } corners. Enter or a click on the first closes it.
  }
region-looking = Looking …
region-selected = Selected
region-added = Rectangle added
region-imported = Imported
region-not-sent = The region could not be sent yet; it goes with your words.
region-no-picture = This can’t be read as a picture.
region-little = less than 0.1 %
region-chip = Region: { $share } of the picture
region-idle = The region was drawn on another shape and is left aside
region-edit = Edit
region-remove = Remove
region-remove-it = Remove the region
region-removed = Region removed
region-not-back = The region could not be brought back.
region-kept = The server can’t be reached. Your words and the region are kept.

## Comparing

compare-title = v{ $before } and v{ $after } of “{ $title }”
compare-name = v{ $before } compared with v{ $after }
compare-first = First
compare-swap-title = Swap (X)
compare-swap = Swap the two
compare-second = Second
compare-go = Compare
compare-how = How to compare
compare-slider = Slider
compare-side = Side by side
compare-hold = Hold
compare-difference = Difference
compare-close-title = Close (Esc)
compare-close = Close
compare-much = How much of v{ $before } is shown
compare-hold-words = { $shown }. Hold to see { $other }.
compare-comparing = Comparing …
compare-differs = What differs, in red
compare-none = No pixel differs.
compare-share = { $share } of the pixels differ; red, the stronger the brighter.
compare-little = Less than 0.1 %
compare-sizes = v{ $before } is { $size }, v{ $after } is { $other }: shown at one size.

## The tree

tree-title = Versions of “{ $title }”
tree-all = All versions
tree-squash = { $count ->
     [one] Apply this instruction to the original
    *[other] Apply these { $count } instructions to the original in one go
  }
tree-starred = starred
tree-from = from v{ $number }:

## The coach

coach-name = Coach
coach-look = Look at the words
coach-empty = Write what should change; what could be clearer is told here.
coach-fine = Nothing to mend in these words.
coach-put-in = Put in
coach-would = It would have: { $done }.

## Presets

presets-title = Presets
presets-back = Back to the session
presets-start = Start from a preset
presets-hint = It fills the text field; nothing is sent. What stands in [brackets] is for you to fill in.
presets-delete = Delete the preset “{ $name }”
presets-library = Library
presets-save-own = Save one of your own
presets-name = Name
presets-text = Text
presets-example = Put [what] on the table
presets-pictures = Pictures it needs, with commas between
presets-pictures-example = your pattern, your logo
presets-shape = Shape of the result
presets-move = Export and import
presets-choose = Choose a file to import
presets-paste = Or paste an exported file
presets-import = Import
presets-team = Your team’s
presets-yours = Yours
presets-save = Save
presets-save-team = Save for the team
presets-export = Export yours (JSON)
presets-export-team = Export the team’s (JSON)
presets-there = The text is there.
presets-blank = The text is there, “{ $blank }” is selected.
presets-missing = Still needed: { $pictures }. Add it with +.
presets-numbered = { $name } (image { $number })
presets-needs = Needs { $pictures }
list-comma = {", "}

## Sharing

share-title = Share “{ $title }”
share-name = Share
share-link = The link
share-copy = Copy
share-whoever = Whoever has the link
share-can-view = can view
share-view-hint = Sees everything live, changes nothing
share-can-edit = can edit
share-edit-hint = Asks for edits, adds pictures, downloads
share-works = It works for
share-1 = 1 day
share-7 = 7 days
share-30 = 30 days
share-ever = ever, until revoked
share-create = Create a link
share-links = Links of this session
share-revoke = Revoke
share-here = Here is the link.
share-until = until
share-until-revoked = until you revoke it
share-only-now = It is shown only now: copy it.
share-allows-view = Can view
share-allows-edit = Can edit
share-revoked = revoked
share-expired = expired
share-made = Made
share-ends = ends
share-never = never ends
share-used = used { $times }, last
share-unused = not used yet

## All pictures

gallery-title = All pictures
gallery-search-in = Search in titles and instructions
gallery-titles = Titles and instructions
gallery-search = Search
gallery-filter = Filter
gallery-by = Asked for by
gallery-anybody = Anybody
gallery-made = Made by
gallery-anything = Anything
gallery-from = From (UTC)
gallery-until = Until
gallery-starred = Starred only
gallery-nothing = Nothing found.
gallery-fewer = Try fewer or other words. The last word may be the beginning of one.
gallery-show-all = Show all pictures
gallery-none = No pictures yet.
gallery-will-be = Every version of your sessions will be here.
gallery-begin = Begin with a picture
gallery-tick = Tick pictures to download, delete or reuse them.
gallery-newest-first = Pictures, newest first
gallery-star = starred
gallery-choose = Choose v{ $number } of “{ $title }”
gallery-with = With the ticked pictures
gallery-download = Download (zip)
gallery-target = The session that gets them
gallery-use = Use there as reference
gallery-delete = Delete their sessions…
gallery-pages = Pages
gallery-newest = To the newest
gallery-older = Older pictures
gallery-alt-came = { $title }, as it came
gallery-came = As it came
gallery-versions = { $count ->
     [one] 1 version
    *[other] { $count } versions
  }
gallery-not-yours = These aren’t yours to delete
gallery-not-yours-words = The ticked pictures belong to sessions that others shared with you. Only their owners can delete them.
gallery-back = Back to the pictures
gallery-whole = Pictures are deleted with their whole session: all its versions and its conversation. It can be restored from the start page for 30 days.
gallery-keep = Keep everything
gallery-sure = Delete sessions?
gallery-delete-these = { $count ->
     [one] Delete this session?
    *[other] Delete these { $count } sessions?
  }
gallery-kept = Not yours, and kept:

## Where a picture comes from

verify-heading = Where does this picture come from?
verify-hint = This page looks whether a picture was made, edited or kept on this server. What you send is looked at and not kept.
verify-answer = The answer
verify-stored = The stored picture
verify-open = Open it
verify-looked = What was looked for
verify-credentials = What its credentials say
verify-drop = , drop it here or paste it
verify-picture = Picture
verify-look = Look
verify-kinds = JPEG, PNG, WebP or GIF, up to { $most } MiB.
verify-root = root certificate
verify-title = Where does it come from?
verify-frame = The frame is what yours shows of it.
verify-dashed = The dashed frame is where they differ.
verify-wrong = something is wrong
verify-found = found
verify-not-found = not found
verify-proves = Proves:
verify-proves-not = Does not prove:
verify-another = Ask about another picture
verify-nothing = Finding nothing proves nothing: a mark can be worn away and credentials are easily lost. Nobody can tell from a picture alone that no machine made it. The certificate under which this server signs:
origin-asked = Asked by
origin-done = Done by
origin-deeds = What was done
origin-ai = Generative AI
origin-mark = Invisible mark
origin-from = Made from
origin-came = The credentials it came with
origin-evidence = Evidence (JSON)
origin-copy = Copy as evidence
origin-ai-yes = Yes: a model made pixels of it, and its credentials say so.
origin-ai-no = Not in this step, as far as this server did it.
origin-marked = In every copy that leaves.
origin-unmarked = None: nobody edited it here, or it has not left yet.

## What the layers below say: where a picture comes from

said-here-broken = This comes from this house, and was changed since: its credentials don’t fit it any more.
said-here-made = This picture was made or edited here.
said-here = This picture comes from this house.
said-foreign = This picture says where it comes from, and it isn’t from here.
said-alike = This looks like a picture of this house. Nothing in it proves that it comes from here.
said-no-sign = No sign of this house. That says nothing about how the picture was made.
said-deed-words = made from words by a generative model
said-deed-generated = edited by a generative model
said-deed-restyled = painted anew by a small trained net
said-deed-enlarged = enlarged by a small trained net
said-deed-adjusted = light and colour adjusted
said-deed-filtered = filtered
said-deed-cropped = cropped
said-deed-turned = turned or mirrored
said-deed-resized = resized
said-deed-composed = parts moved, removed or put in, nothing generated
said-begun-canvas = Begun here as an empty canvas
said-put-in = Put in here by a person
said-made-words = Made here from words
said-edited-here = Edited here
said-not-laid = It could not be laid over the stored picture: too little of it is the same.
said-shows-part = Cropped: it shows { $share } of the stored picture.
said-shows-whole = It shows the whole stored picture.
said-changed-part = Changed within the marked part ({ $percent } % of it).
said-changed-light = Light or colour of the whole were changed.
said-changed-nothing = Nothing in it was changed that could be seen.
said-exact = The exact file
said-exact-unknown = Neither this file nor its exact pixels are known here.
said-exact-file = This very file, bit for bit, is known here.
said-exact-pixels = These very pixels are known here, in a file that was written anew.
said-exact-proves = That exactly this picture was here.
said-exact-other = A file that was saved again or sent through a messenger has other bytes.
said-exact-not = Who has it now, or from whom.
said-credentials = Content Credentials
said-credentials-none = The file carries none.
said-credentials-lost = Most programs and services throw them away when they save a picture.
said-credentials-unreadable = There are some, and they can’t be read: { $why }.
said-credentials-unread-not = Where it comes from: what can’t be read proves nothing.
said-signed-here = Signed by this house, and not one bit was changed since.
said-signed-here-proves = The history below, as far as this house made it.
said-signed-here-not = What others did before it came here: for that, each statement below stands for itself.
said-signed-broken = Signed by “{ $signer }”, but the picture was changed after that, or the signature is not right ({ $why }).
said-signed-broken-proves = That the file is no longer what was signed.
said-signed-broken-not = Anything of what the statement says about this picture.
said-signed-stranger = Signed by “{ $signer }” and unchanged since. This house does not know that signer.
said-signed-stranger-proves = That whoever has that key said so, and that nothing was changed since.
said-signed-stranger-not = Who that is: anybody can put any name on a certificate of their own.
said-strange = { $count } of the pictures it was made from had credentials that did not hold when they were used: see below.
said-more = There is more than is shown.
said-mark = The invisible mark
said-mark-found = The invisible mark of this house is in the pixels (certainty { $z } of 21; read from 12.5 up, or from about 9 among known marks).
said-mark-proves = That the picture, or a large part of it, was made or edited here and left marked.
said-mark-not = That nothing was changed since, nor who did: a mark survives edits, and can be copied onto another picture. Compare it with the stored one.
said-mark-gone = The invisible mark of this house is in the pixels; the picture it names is no longer kept.
said-mark-gone-proves = That it was made or edited here.
said-mark-gone-not = What it looked like: there is nothing left to compare it with.
said-mark-slow = Looking for a mark took too long and was given up. A smaller copy may do.
said-mark-slow-not = So nothing is known about a mark.
said-mark-none = No invisible mark of this house was found.
said-mark-none-not = Small copies, strong edits and pictures that nobody edited have none, so it may still be from here.
said-looks = How it looks
said-looks-same = It looks the same as a picture of this house.
said-looks-much = It looks very much like a picture of this house.
said-looks-no = It looks like no picture of this house that you may hear of, apart from those above.
said-looks-not = Where it comes from: two copies of one photo look the same, whoever made them.
said-looks-other = Crops and strong edits look different.
said-line-here = signed by this house
said-line-unknown = signed by “{ $signer }”, whom this house doesn’t know
said-line-broken = signed by “{ $signer }”, broken: { $why }
said-line-bare = without credentials
said-role-edited = edited from
said-role-with = made with
said-role-part = with a part of
said-a-picture = A picture
said-role-just = with
said-role-words = made from words, on
said-came-own = came with credentials of its own
said-signed = signed
said-signed-later = signed when it first leaves
said-asked-by = “{ $words }”, asked by { $name }

## What the layers below say: the library of presets

said-preset-social = Social post, other background
said-preset-white = Product on white
said-preset-mock-up = Mock-up with my pattern
said-preset-staging = Virtual staging
said-preset-thumbnail = Thumbnail with caption
said-preset-portrait = Portrait touch-up
said-preset-old = Restore an old photo
said-preset-season = Seasonal version
said-preset-pattern = your pattern

## Points to speak of

pins-tool = Points
pins-tool-title = Set numbered points to speak of (P)
pins-on = Points on v{ $number }
pins-title = Points on v{ $number } of “{ $title }”
pins-help = Tap the picture to set a point, then speak of it by its number: “make 1 red, remove 2”.
pins-view = Points. Arrow keys move the cross, Space sets a point there.
pins-clear = Clear
pins-done = Done
pins-left = Left
pins-top = Top
pins-left-of = Point { $number }, percent from the left
pins-top-of = Point { $number }, percent from the top
pins-remove-one = Remove point { $number }
pins-most = At most { $most } points can be set.
pins-set = Point { $number } set
pins-removed = Points removed
pins-remove-all = Remove the points
pins-edit = Edit
pins-remove = Remove
pins-there = Points are set on the picture
pins-chip = { $count ->
     [one] 1 point: say “make 1 red”
    *[other] { $count } points: say “make 1 red”
  }
pins-idle = { $count ->
     [one] 1 point, set on another version and left aside
    *[other] { $count } points, set on another version and left aside
  }
pins-card = { $count ->
     [one] 1 point
    *[other] { $count } points
  }
pins-intro = Say where the points are, in percent of the picture, and speak of them by their numbers. Leave those empty that you don’t need.
pins-point = Point { $number }
pins-from-left = From the left
pins-from-top = From the top
pins-example = Make 1 red, remove 2
pins-send = Send

## What people say about a version

comments-on = Comments on v{ $number }
comments-title = Comments on v{ $number } of “{ $title }”
comments-after = { $count ->
     [one] comment on v{ $number }
    *[other] comments on v{ $number }
  }
comments-close = Close
comments-yours = Your comment on v{ $number }
comments-something = Say something about v{ $number }
comments-send = Comment
comments-none = Nobody has said anything about this version yet.
comments-delete = Delete the comment of { $name }
comments-said = { $name } commented on v{ $number }
comments-back = Back to v{ $number }
comments-added = Comment added
comments-deleted = Comment deleted

## What the layers below say: comments, and the nets of the built-in engine

said-comment-empty = Write something first.
said-comment-long = A comment has at most 1,000 characters; this one has { $count }.
said-comments-full = A version takes { $most } comments. Take one back first.
said-engine-title = Built-in engine
said-nets-without = The built-in engine goes on without some of its nets.
said-nets-going = Fetching the small nets of the built-in engine: { $here } of { $all } · { $megabytes } MB to go
