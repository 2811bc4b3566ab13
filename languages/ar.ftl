# العربية. فصحى مبسطة، بصيغة المخاطب المفرد؛ الأرقام 0 إلى 9.

## The frame of every page

frame-skip = انتقل إلى المحتوى
frame-warning = تحذير
frame-exposed = هذا الخادم بلا كلمة مرور ويمكن لغيرك الوصول إليه: أي شخص على الشبكة يستطيع استخدامه.
frame-home = ‏Plantain، إلى البداية
frame-notices = الإشعارات
frame-you-are = أنت { $name }
frame-your-name = اسمك
frame-guest = ضيف
frame-name-hint = يراه الآخرون بجانب ما تطلبه.
frame-save-name = احفظ الاسم
frame-sign-out = تسجيل الخروج
frame-dialog = نافذة
frame-language = اللغة

## Words that the scripts of every page say

words-failed = لم ينجح ذلك ({ $status }).
words-close = إغلاق
words-unreachable = تعذّر الوصول إلى الخادم.
words-unreachable-again = تعذّر الوصول إلى الخادم. حاول مرة أخرى بعد لحظات.
words-copied = تم النسخ
words-copy-by-hand = اضغط Ctrl C لنسخه.
words-just-now = الآن
words-seconds = { $seconds } ث
words-minutes = { $minutes } د { $seconds } ث
words-link-ready = الرابط جاهز للنسخ
words-heic = لا يستطيع هذا المتصفح فتح صور HEIC. احفظ الصورة بصيغة JPEG، أو اختر في iPhone: الإعدادات، الكاميرا، التنسيقات، الأكثر توافقًا.
words-avif = لا يستطيع هذا المتصفح فتح صور AVIF. احفظ الصورة بصيغة JPEG أو PNG.
words-no-picture = لا يمكن قراءة هذا الملف كصورة. الصيغ المقبولة هي JPEG وPNG وWebP وGIF.
words-not-sent = تعذّر إرسال الصورة. حاول مرة أخرى.
words-picture = صورة
words-remove-file = إزالة { $name }
words-drop-start = أفلِت الصورة لتبدأ
words-drop-edit = استخدمها صورةً للتعديل
words-drop-edit-hint = يبدأ جلسة جديدة
words-drop-reference = أضفها كصورة مرجعية
words-drop-reference-hint = للتعديل التالي في هذه الجلسة
words-no-file = لا يوجد ملف هنا.
words-others-there = الصور الأخرى موجودة ضمن جلساتك.
words-most-references = الحد الأقصى للصور المرجعية في الطلب الواحد هو { $most }.

## Words that the scripts of the session page say

words-new-versions = { $count ->
     [zero] لا نسخ جديدة
     [one] نسخة جديدة واحدة
     [two] نسختان جديدتان
     [few] { $count } نسخ جديدة
     [many] { $count } نسخة جديدة
    *[other] { $count } نسخة جديدة
  }
words-moved = تغيّر الاختيار: اعرضه
words-connected = عاد الاتصال.
words-lost = انقطع الاتصال. نعيد المحاولة، وما تكتبه محفوظ.
words-gone = لم تعد هذه الجلسة متاحة لك.
words-too-many-references = الحد الأقصى للصور المرجعية في هذه الخدمة هو { $most }.
words-no-references = المحرك المدمج يعمل على صورة واحدة ويتجاهل الصور المرجعية.
words-no-image = لا توجد صورة { $number } بعد: أضفها بالزر +.
words-offline = لا يوجد اتصال. ما تكتبه محفوظ، وسيعود الإرسال بعد لحظات.
words-still-sending = ما زالت هناك صورة قيد الرفع. أرسل الطلب بعد وصولها.
words-sending = جارٍ الإرسال
words-kept = تعذّر الوصول إلى الخادم. كلماتك محفوظة: أرسلها مرة أخرى بعد لحظات.
words-removed = أُزيلت
words-now-image = أصبحت الصورة { $number }
words-there-already = هذه الصورة موجودة ضمن الصور المرجعية.
words-added-image = أُضيفت باسم الصورة { $number }
words-describe = صف التغيير المطلوب على v{ $number }
words-sheet-less = أظهر حقل الكتابة فقط
words-sheet-more = أظهر المزيد من المحادثة

## Home

home-title = تحدّث إلى صورة.
home-lead = ضع صورة، وقل ما الذي ينبغي أن يتغير، واحتفظ بكل نسخة.
home-drop = أفلِت صورة هنا
home-paste = أو ألصقها
home-choose = اختر صورة
home-take = التقط صورة
home-start = ابدأ بها
home-stays = ‏JPEG أو PNG أو WebP أو GIF. تبقى الصورة على هذا الخادم، وتُحذف منها بيانات الموقع والكاميرا.
home-uploads = قيد الرفع
home-words = أو ابدأ بالكلمات
home-words-ask = ماذا ينبغي أن تُظهر الصورة؟
home-shape = الأبعاد
home-make = أنشئها
home-ours-first = ليست لديك صورة الآن؟ ابدأ بإحدى صورنا
home-ours = أو ابدأ بإحدى صورنا
home-try = جرّب: «{ $words }»
home-engine = المحرك المدمج هو الذي يعمل هنا: الضوء واللون والتفاصيل والقص والتدوير، دون اتصال وفورًا. وبمفتاح أحد النماذج يستطيع مشغّل هذا الخادم إضافة تعديلات تبتكر أشياء جديدة.
home-how = كيف يعمل
home-how-1 = ضع صورة.
home-how-1-more = تصبح النسخة 1 ولا تتغير أبدًا.
home-how-2 = قل ما الذي ينبغي أن يتغير.
home-how-2-more = كل جواب نسخة جديدة، ويمكنك العودة إلى أي منها وتجربة طريق آخر.
home-how-3 = شارك الرابط.
home-how-3-more = يتابع الآخرون مباشرة، أو يعدّلون معك.
home-sessions = جلساتك
home-gallery = كل الصور والبحث
home-verify = من أين جاءت صورة؟ اسأل هذا الخادم
home-more-for = المزيد عن «{ $title }»
home-session-title = العنوان
home-rename = أعد التسمية
home-delete = احذف
home-can-restore = يمكن استعادتها خلال 30 يومًا.
home-trash = الجلسات المحذوفة ({ $count })
home-trash-hint = تُحفظ 30 يومًا ثم تُحذف نهائيًا.
home-restore-named = استعد «{ $title }»
home-restore = استعادة
home-deleted = حُذفت
home-harbour = ميناء
home-still-life = طبيعة صامتة
home-shared-view = مشتركة معك للمشاهدة
home-shared-edit = مشتركة معك للتعديل

## The door, and what went wrong

door-sign-in = تسجيل الدخول
door-welcome = أهلًا بك
door-asks = يطلب هذا الخادم كلمة المرور المشتركة.
door-password = كلمة المرور
error-home = إلى البداية
error-request = رقم الطلب
error-in-log = به يجده مشغّل هذا الخادم في السجل.
error-401 = سجّل الدخول من فضلك
error-401-words = يطلب هذا الخادم كلمة المرور المشتركة.
error-403 = ليس بهذا الرابط
error-403-words = يمكنك المشاهدة، لكن هذا متاح فقط لمن يملك الجلسة أو يحق له تعديلها.
error-404 = لا شيء هنا
error-404-words = لا توجد صفحة كهذه، أو انتهت صلاحية رابطها. اطلب رابطًا جديدًا ممن أرسله إليك.
error-409 = تغيّر شيء في هذه الأثناء
error-409-words = كان أحدهم أسرع. عُد وانظر إلى الوضع الحالي ثم حاول مرة أخرى.
error-413 = كبير جدًا
error-413-words = هذا أكبر مما يقبله الخادم. جرّب صورة أصغر.
error-415 = ليست صورة يستطيع هذا الخادم قراءتها
error-415-words = الصيغ المقبولة هي JPEG وPNG وWebP وGIF. احفظ الصورة بإحداها ثم حاول مرة أخرى.
error-422 = لم ينجح ذلك
error-422-words = ينقص النموذج شيء أو فيه خطأ. عُد وراجعه مرة أخرى.
error-429 = تمهّل قليلًا من فضلك
error-429-words = وصلت طلبات كثيرة في وقت قصير. انتظر لحظة ثم حاول مرة أخرى.
error-503 = مشغول الآن
error-503-words = الخادم مشغول أو على وشك إعادة التشغيل. لم يضِع شيء مما قُبل، حاول مرة أخرى بعد لحظات.
error-4xx-words = لم يفهم الخادم هذا الطلب. عُد وحاول مرة أخرى.
error-500 = الخطأ منا
error-500-words = تعطّل شيء على الخادم وقد سُجّل. لم يضِع شيء مما قُبل.

## The session page

session-talk = المحادثة
session-nothing = لم يُطلب شيء بعد.
session-nothing-words = قل بكلماتك ما الذي ينبغي أن يتغير. كل جواب يصبح نسخة جديدة، ولا يضيع شيء أبدًا.
session-ideas = أفكار
session-others = ما يطلبه الآخرون يظهر هنا تلقائيًا.
session-watching = أنت تشاهد فقط. من أرسل إليك هذا الرابط يستطيع أن يرسل رابطًا يتيح لك التعديل أيضًا.
session-english = المحرك المدمج يفهم الإنجليزية.
head-session = الجلسة
head-share = مشاركة
head-more = المزيد عن هذه الجلسة
head-download = نزّل كل شيء (zip)
head-title = العنوان
head-rename = أعد التسمية
head-delete = احذف الجلسة
head-can-restore = يمكن استعادتها من صفحة البداية خلال 30 يومًا.
stage-name = الصورة، v{ $number }
stage-versions = النسخ
stage-undo-title = تراجع (Ctrl Z)
stage-undo = تراجع
stage-redo-title = إعادة (Ctrl Shift Z)
stage-redo = إعادة
stage-original-title = العودة إلى الأصل
stage-original = الأصل
stage-picture = الصورة
stage-region-title = اختر موضع التغيير (R)
stage-region = المنطقة
stage-compare-title = قارن بين نسختين (C)
stage-compare = مقارنة
stage-hold-title = اضغط باستمرار لرؤية v{ $number } (مفتاح المسافة فوق الصورة)
stage-hold = اضغط لرؤية v{ $number }
stage-download-title = نزّل v{ $number }
stage-download = تنزيل
stage-edited = عُدّلت هنا
stage-came = كما جاءت
stage-elsewhere = ليست النسخة الحالية.
stage-revert = ارجع إلى هذه
stage-current = إلى النسخة الحالية
stage-of = v{ $number } من { $newest }
stage-hold-space = اضغط مفتاح المسافة باستمرار لرؤية v{ $number }
stage-before = v{ $number }، قبل ذلك
stage-of-newest = من { $newest }
stage-by = بواسطة { $name }
stage-empty = لوحة فارغة
stage-put-in = الصورة كما وُضعت
stage-as-put-in = كما وُضعت
stage-other-size = v{ $number } بأبعاد { $size }
stage-left-out = { $count } أخرى
strip-name = الطريق إلى v{ $number }
strip-tree-title = كل النسخ على شكل شجرة (T)
strip-tree = الشجرة
strip-alike = الموضوع يشبه نفسه بنسبة { $percent } ٪
strip-forks = { $count ->
     [zero] لا تتفرع نسخ من هنا
     [one] تتفرع نسخة من هنا
     [two] تتفرع نسختان من هنا
     [few] تتفرع { $count } نسخ من هنا
     [many] تتفرع { $count } نسخة من هنا
    *[other] تتفرع { $count } نسخة من هنا
  }
chips-name = خطوات تالية سريعة
base-choose = اختر نسخة أخرى من شريط النسخ
base-editing = تعدّل الآن
earlier-show = أظهر الطلبات السابقة
reference-left = قدّم v{ $number }
reference-remove = أزل v{ $number }
reference-right = أخّر v{ $number }
reference-use = استخدمها
composer-references = الصور المرجعية
composer-ask = ما الذي ينبغي أن يتغير؟
composer-add-reference = أضف صورة مرجعية
composer-presets-title = ابدأ من قالب جاهز
composer-presets = قوالب
composer-add = أضف الصورة
composer-who = من ينفّذ التعديل
composer-send = إرسال
composer-send-title = إرسال (Enter)
composer-enter = ‏Enter للإرسال، وShift Enter لسطر جديد
composer-keys = المفاتيح
composer-canvas = صف الصورة
composer-engine = المحرك المدمج (بالإنجليزية): الضوء والطقس واللون والأنماط والخلفيات والشكل.
choices-options = خيارات
choices-as-is = كما هي
choices-usual = المعتاد
choices-kept = يبقى كما هو
choices-returned = كما يعيده النموذج
choices-results = عدد النتائج
choices-quality = الجودة
choices-workflow = مسار العمل
choices-rest = كل ما عدا ذلك
choices-low = منخفضة
choices-medium = متوسطة
choices-high = عالية
choices-spent = هذه الجلسة: { $spent } · { $month }: { $all }
choices-spent-of = هذه الجلسة: { $spent } · { $month }: { $all } من { $ceiling }
forecast-references = { $count ->
     [zero] بلا صور مرجعية
     [one] صورة مرجعية واحدة
     [two] صورتان مرجعيتان
     [few] { $count } صور مرجعية
     [many] { $count } صورة مرجعية
    *[other] { $count } صورة مرجعية
  }
forecast-candidates = { $count ->
     [zero] بلا نتائج
     [one] نتيجة واحدة
     [two] نتيجتان
     [few] { $count } نتائج
     [many] { $count } نتيجة
    *[other] { $count } نتيجة
  }
forecast-free = مجانًا
forecast-about = نحو { $price }
keys-name = المفاتيح
keys-writing = أثناء الكتابة
keys-send = إرسال
keys-break = سطر جديد
keys-recall = في حقل فارغ: ما طُلب من قبل
keys-picture = على الصورة
keys-hold = اضغط باستمرار لرؤية النسخة السابقة
keys-undo = تراجع
keys-redo = إعادة
keys-region = ارسم منطقة
keys-points = ضع نقاطًا مرقّمة
keys-comments = التعليقات على هذه النسخة
keys-tree = كل النسخ على شكل شجرة
keys-help = هذه القائمة
keys-versions = بين النسخ
keys-along = تنقّل
keys-stage = اعرضها
keys-in-region = في المنطقة
keys-tools = الفرشاة، الممحاة، المستطيل، الحبل، التحديد الذكي، التحريك
keys-size = أصغر، أكبر
keys-except = كل شيء عدا المنطقة
keys-paint = ارسم عند العلامة، أو ضع زاوية، أو حدّد هناك
keys-in-tree = في الشجرة
keys-parent = إلى ما جاءت منه، وإلى ما نتج عنها
keys-neighbour = إلى المجاورة في الصف
keys-compare-parent = قارنها بما جاءت منه
keys-anywhere = في أي مكان
keys-close = أغلق ما هو مفتوح
keys-compare = قارن بين نسختين؛ وهناك يغيّر M الطريقة، ويبدّل X بينهما، ويُظهر مفتاح المسافة الأولى
keys-cross = حرّك العلامة؛ ومع Shift مسافة أبعد
turn-cancel = إلغاء
turn-candidates = { $count ->
     [zero] بلا نتائج
     [one] نتيجة واحدة
     [two] نتيجتان
     [few] { $count } نتائج
     [many] { $count } نتيجة
    *[other] { $count } نتيجة
  }
turn-show = اعرض v{ $number }
turn-star-named = ضع نجمة على v{ $number }
turn-compare = قارن v{ $base } مع v{ $number }
turn-compare-with = قارن مع v{ $base }
turn-use = مرجع: استخدم v{ $number }
turn-reference = مرجع
turn-download = نزّل v{ $number }
turn-where = من أين جاءت v{ $number }
turn-returned = كما أعادها النموذج
turn-returned-alt = v{ $number } كما أعادها النموذج
turn-use-returned = استخدم صورة النموذج نفسها
turn-difference = الفرق
turn-difference-alt = أين تختلف v{ $number } عن النسخة السابقة: فاتح حيث يوجد اختلاف
turn-keep-subject = حاول مجددًا مع الحفاظ على الموضوع
turn-subject-back = أعد الموضوع كما كان
turn-go-back = عُد
turn-go-back-all = عُد وقل كل شيء دفعة واحدة
turn-moved = انتقل إلى v{ $number }
turn-details = التفاصيل
turn-copy-report = انسخ التقرير
turn-sent = ما أُرسل
turn-resend = عدّل وأعد الإرسال
turn-from = صُنعت من
turn-image = الصورة { $number }
turn-region = المنطقة: { $share }
turn-starred = مميّزة بنجمة
turn-star = ضع نجمة للتذكير
turn-go-on = تابع بها
turn-edit-this = عدّل هذه
turn-heading = الطلب { $place } من { $name }: { $state }
turn-working = قيد التنفيذ
turn-queued = في الانتظار
turn-soon = يبدأ بعد لحظات
turn-next = التالي في الدور
turn-in-line = ترتيبه في الدور: { $place }
turn-cancelled = أُلغي
turn-kept = الكلمات محفوظة.
turn-send-again = أرسل مرة أخرى
turn-finished = انتهى
turn-finished-pictures = { $count ->
     [zero] انتهى، بلا صور
     [one] انتهى، صورة واحدة
     [two] انتهى، صورتان
     [few] انتهى، { $count } صور
     [many] انتهى، { $count } صورة
    *[other] انتهى، { $count } صورة
  }
turn-tokens = { $count } رمز
turn-wait = يستحق محاولة أخرى بعد { $span }.
turn-edit-words = عدّل الكلمات
turn-declined = المحرك لا يفعل هذا
turn-needs-generative = هذا يحتاج إلى نموذج توليدي
turn-not-understood = لم يُفهم الطلب
turn-blocked = رفضت الخدمة هذا التعديل
turn-rate-limited = طلبات كثيرة الآن
turn-quota = نفدت الحصة
turn-unavailable = تعذّر الوصول
turn-timeout = لم يصل جواب في الوقت المحدد
turn-no-image = أجاب النموذج بالكلمات فقط
turn-bad-answer = لم يحتوِ الجواب على صورة
turn-misconfigured = الإعداد غير صحيح
turn-interrupted = انقطع
turn-fault-service = السبب لدى الخدمة
turn-fault-server = السبب لدى هذا الخادم
turn-ask-picture = اطلب الصورة
turn-try-again = حاول مرة أخرى
turn-you = أنت
turn-changed = تغيّر { $share }
turn-subject = الموضوع { $percent } ٪: { $word }
turn-to-first = مقارنةً بالصورة الأولى { $percent } ٪: { $word }
turn-subject-warning = أصبح الموضوع أقل شبهًا بنفسه ({ $percent } ٪).
turn-face-warning = يبدو الوجه وجهًا آخر ({ $percent } ٪).
gone-link = لم يعد رابطك إلى هذه الجلسة صالحًا.
gone-session = حُذفت هذه الجلسة.
typing-one = { $name } يكتب الآن…
typing-two = { $name } و{ $other } يكتبان الآن…
typing-many = { $count } أشخاص يكتبون الآن…
people-name = هنا أيضًا
key-enter = Enter
key-break = Shift Enter
key-space = المسافة
key-undo = Ctrl Z
key-redo = Ctrl Shift Z
stage-preview = معاينة

## Times and spans

time-when = { $day } { $month ->
     [1] يناير
     [2] فبراير
     [3] مارس
     [4] أبريل
     [5] مايو
     [6] يونيو
     [7] يوليو
     [8] أغسطس
     [9] سبتمبر
     [10] أكتوبر
     [11] نوفمبر
    *[12] ديسمبر
  } { $year }، { $clock } UTC
time-month = { $month ->
     [1] يناير
     [2] فبراير
     [3] مارس
     [4] أبريل
     [5] مايو
     [6] يونيو
     [7] يوليو
     [8] أغسطس
     [9] سبتمبر
     [10] أكتوبر
     [11] نوفمبر
    *[12] ديسمبر
  } { $year }
time-ms = { $ms } م.ث
time-tenths = { $whole }.{ $tenth } ث
time-s = { $s } ث
time-min = { $min } د
time-min-s = { $min } د { $s } ث
time-h = { $h } س
time-h-min = { $h } س { $min } د
money-little = أقل من $0.001
times-used = { $count ->
     [zero] ولا مرة
     [one] مرة واحدة
     [two] مرتين
     [few] { $count } مرات
     [many] { $count } مرة
    *[other] { $count } مرة
  }

## What the layers below say: pictures and forms on their way in

said-not-found = لا شيء هنا، أو لم يعد الرابط صالحًا.
said-look-only = هذا الرابط للمشاهدة لا للتغيير. اطلب رابطًا للتعديل.
said-sign-in-first = سجّل الدخول أولًا.
said-no-space = لا توجد مساحة لصور أخرى على هذا الخادم. على مشغّله أن يوفّرها.
said-unwritable = لا يستطيع الخادم الكتابة على قرصه الآن، لذلك لم يتغير شيء. ما هو موجود ما زال ظاهرًا. على مشغّله أن يفحص القرص.
said-internal = حدث خطأ من جانبنا. ما كان محفوظًا ما زال سليمًا، حاول مرة أخرى.
said-others-ask = يسأل آخرون عن صور الآن. حاول مرة أخرى بعد لحظات.
said-not-here = لا يمكن فعل ذلك على هذا العنوان.
said-more-than-taken = هذا أكثر مما يُقبل هنا.
said-stopping = الخادم مشغول أو يتوقف الآن. حاول مرة أخرى بعد لحظات.
said-not-understood = تعذّر فهم الطلب.
said-watchers = عدد المشاهدين كبير جدًا الآن.
said-file-is = هذا الملف ليس صورة ({ $found }). الصيغ المقبولة هي JPEG وPNG وWebP وGIF.
said-file-unlike = لا يبدو هذا الملف صورة. الصيغ المقبولة هي JPEG وPNG وWebP وGIF.
said-file-phone = لا يمكن قراءة صور { $kind } هنا بعد. الصيغ المقبولة هي JPEG وPNG وWebP وGIF. تحفظ الهواتف بصيغة JPEG إذا ضُبط تنسيق الكاميرا على «الأكثر توافقًا».
said-file-kind = لا يمكن قراءة { $kind } هنا. الصيغ المقبولة هي JPEG وPNG وWebP وGIF. احفظها بإحداها من فضلك.
said-file-large = هذا الملف كبير جدًا. الحد الأقصى { $most } ميغابايت، ونسخة أصغر أو بصيغة JPEG تفي بالغرض.
said-picture-large = هذه الصورة كبيرة جدًا: { $size } بكسل. الحد الأقصى { $most } مليون بكسل، و{ $side } للضلع الواحد.
said-picture-damaged = هذه الصورة تالفة أو ناقصة ولا يمكن قراءتها. افتحها في برنامج آخر واحفظها من جديد ثم أرسلها.
said-picture-slow = تستغرق قراءة هذه الصورة وقتًا طويلًا. احفظها من جديد بصيغة JPEG أو PNG، أو صغّرها.
said-pictures-many = تصل صور كثيرة دفعة واحدة. حاول مرة أخرى بعد لحظات.
said-no-room = لم تعد هناك مساحة لصور أخرى على هذا الخادم. ما هو موجود يبقى متاحًا.
said-not-stored = تعذّر حفظ الصورة ولم يُحتفظ بشيء. حاول مرة أخرى من فضلك.
said-many-things = أشياء كثيرة دفعة واحدة: الحد الأقصى { $limit } من الحقول والملفات.
said-text-long = النص طويل جدًا: الحد الأقصى { $limit }.
said-one-file-large = الملف كبير جدًا: الحد الأقصى { $limit }.
said-upload-large = حجم الرفع كبير جدًا: الحد الأقصى { $limit } إجمالًا.
said-form-damaged = وصل النموذج تالفًا. حاول مرة أخرى.
said-upload-stopped = توقف الرفع في الطريق. تحقق من الاتصال وحاول مرة أخرى.
said-upload-broke = انقطع الرفع قبل نهايته. حاول مرة أخرى.
said-cross-site = أُرسل هذا من موقع آخر، أو من صفحة مفتوحة بعنوان آخر، لذلك لم يتغير شيء. افتح Plantain بعنوانه الخاص وحاول مرة أخرى.
said-wrong-host = لا يجيب هذا الخادم بهذا الاسم. إن كان خادمك فاضبط عنوانه العام في الإعدادات، أو افتحه بعنوان IP.
said-address-long = هذا العنوان طويل جدًا.
said-wrong-often = تكرر الخطأ كثيرًا من شبكتك. حاول مرة أخرى بعد { $seconds } ثانية.
said-wrong-often-one = تكرر الخطأ كثيرًا من شبكتك. حاول مرة أخرى بعد ثانية { $seconds }.
said-name-long = الحد الأقصى لطول الاسم { $most } حرفًا.
said-choose-picture = اختر صورة أولًا.
said-canvas-long = لا يزيد طول اللوحة على ثمانية أضعاف عرضها.
said-many-asked = سُئل عن صور كثيرة من شبكتك. انتظر لحظة.
said-other-shapes = للصورتين أبعاد مختلفة، فلا توجد بكسلات للمقارنة.
said-form-not-whole = لم يصل النموذج كاملًا. حاول مرة أخرى.
said-more-text = هذا نص أطول مما يُقبل هنا.
said-reload = النموذج ناقص. أعد تحميل الصفحة ثم أرسل مرة أخرى.
said-no-squash = لا يمكن دمج التعليمات حتى هذه النسخة في تعليمة واحدة.
said-choose-access = اختر ما يسمح به الرابط.
said-choose-end = اختر متى تنتهي صلاحية الرابط.
said-choose-session = اختر الجلسة التي ستحصل عليها.
said-choose-most = اختر { $most } صورة على الأكثر دفعة واحدة.
said-choose-one = اختر صورة واحدة على الأقل أولًا.
said-say-what = قل ما الذي ينبغي أن يتغير.
said-instruction-long = الحد الأقصى للتعليمة 4000 حرف، وهذه فيها { $count }.
said-give-title = أعطِ الجلسة عنوانًا.
said-title-long = الحد الأقصى لطول العنوان 120 حرفًا.
said-four-numbers = تحتاج المنطقة إلى أربعة أرقام بالنسبة المئوية: اليسار والأعلى والعرض والارتفاع، داخل الصورة.
said-ask-results = اطلب من نتيجة واحدة إلى أربع نتائج.
said-ratio = نسبة الأبعاد رقمان، مثل 16:9.
said-quality = الجودة منخفضة أو متوسطة أو عالية.
said-no-workflow = لا يوجد مسار عمل بهذا الاسم.
said-preset-name = أعطِ القالب اسمًا لا يزيد على 60 حرفًا.
said-preset-text = نص القالب من حرف واحد إلى 4000 حرف.
said-preset-pictures = يطلب القالب 13 صورة على الأكثر، واسم كل منها لا يزيد على 60 حرفًا.
said-preset-file = هذا ليس ملف قوالب. استخدم ملفًا صُدّر من هنا.
said-preset-many = يحتوي الملف على 100 قالب على الأكثر.
said-preset-room = توجد مساحة لـ{ $most } قالبًا. احذف بعضها أولًا.
said-not-the-password = هذه ليست كلمة المرور.
said-choose-fewer = الحد الأقصى للصور المرجعية في الطلب الواحد هو { $most }. اختر عددًا أقل.

## What the layers below say: turns

said-other-session = هذه الصورة ليست من هذه الجلسة.
said-other-region = هذه المنطقة ليست من هذه الجلسة. ارسمها مرة أخرى.
said-region-shape = رُسمت هذه المنطقة على صورة بأبعاد أخرى. ارسمها مرة أخرى على هذه الصورة.
said-no-backend = لا توجد هنا خدمة بهذا الاسم.
said-most-references = الحد الأقصى للصور المرجعية في { $title } هو { $most }.
said-many-waiting = تنتظر طلبات كثيرة في هذه الجلسة. دع بعضها ينتهي، أو ألغِ أحدها.
said-nothing-marked = لم يُحدَّد شيء. ارسم فوق ما يجوز أن يتغير.
said-mask-large = هذا القناع أكبر من 8 ميغابكسل. قناع أصغر بالأبعاد نفسها يؤدي الغرض.
said-mask-shape = أبعاد هذا القناع تختلف عن أبعاد صورته.
said-no-other = لا توجد صورة أخرى لهذه النسخة.
said-subject-moved = وضع الموضوع مختلف في الصورتين، فلا يمكن استعادته من تلك الصورة.
said-region-left-out = أدت الكلمات إلى صورة بأبعاد أخرى، لذلك تُركت المنطقة المرسومة جانبًا.
said-comparing = مقارنة بالصورة السابقة
said-not-kept = لم يستطع الخادم حفظ النتيجة. حاول مرة أخرى، وإن تكرر ذلك فأخبر مشغّله.
said-sent-unusable = أرسلت { $title } شيئًا ليس صورة مقبولة هنا. حاول مرة أخرى.
said-blocked = رفضت { $title } هذا التعديل وفق قواعدها. قد تنجح كلمات أخرى أو صورة أخرى أو خدمة أخرى.
said-rate-limited = تتلقى { $title } طلبات كثيرة الآن. حاول مرة أخرى بعد لحظات.
said-quota = نفدت حصة حساب { $title }. الانتظار القصير لا يفيد، بل خطة أخرى أو خدمة أخرى.
said-unavailable = تعذّر الوصول إلى { $title } أو أنها مثقلة بالطلبات. السبب ليس صورتك، حاول لاحقًا.
said-resting = تعطلت { $title } عدة مرات متتالية، لذلك تُترك قليلًا. حاول بعدها، أو اختر خدمة أخرى.
said-timed-out = لم تُجب { $title } في الوقت المحدد. حاول مرة أخرى.
said-words-only = أجابت { $title } بالكلمات فقط. اطلب الصورة، أو قل التغيير بكلمات أخرى.
said-unreadable = أرسلت { $title } جوابًا لا يحتوي على صورة مقروءة. حاول مرة أخرى.
said-unfinished = بدأت { $title } هذا التعديل ولم تستطع إتمامه.
said-misconfigured = إعداد { $title } غير صحيح: { $what }
said-stopped = أُوقف التعديل.
said-own-disk = لم يستطع الخادم قراءة الصورة أو كتابتها. حاول مرة أخرى، وإن تكرر ذلك فأخبر مشغّله.
said-no-picture-from-words = المحرك المدمج يعدّل الصور ولا يستطيع ابتكار صورة من الكلمات. اختر نموذجًا، أو ضع صورة.
said-spent-session = أنفقت هذه الجلسة { $spent } من { $ceiling } كحد أقصى على النماذج، لذلك لم يُرسل شيء. يستطيع مشغّل الخادم رفع ذلك، والمحرك المدمج مجاني.
said-spent-person = أنفقت في { $month } { $spent } من { $ceiling } كحد أقصى على النماذج، لذلك لم يُرسل شيء. يستطيع مشغّل الخادم رفع ذلك، والمحرك المدمج مجاني.
said-spent-house = أُنفق على هذا الخادم في { $month } { $spent } من { $ceiling } كحد أقصى على النماذج، لذلك لم يُرسل شيء. يستطيع مشغّله رفع ذلك، والمحرك المدمج مجاني.
said-preparing = جارٍ تجهيز الصورة
said-waiting = بانتظار { $title }
said-busy-again = الخدمة مشغولة، نسأل مرة أخرى
said-drawing = جارٍ الرسم
said-reading = جارٍ قراءة الجواب

## What the layers below say: what a model changed

said-same-region = البكسلات خارج المنطقة مطابقة تمامًا.
said-same-rest = بقية الصورة مطابقة تمامًا.
said-whole-changed = تغيّرت الصورة كلها، لذلك بقيت كما أعادها النموذج.
said-reframed = غيّر النموذج إطار الصورة، لذلك بقيت كما أعادها.
said-unrelated = تُظهر هذه شيئًا آخر، لذلك بقيت كما أعادها النموذج.
said-kept-off = كما أعادها النموذج، وربما تغيّرت البقية قليلًا.
said-subject-back = استُعيد الموضوع من نسخة أخرى.
said-not-compared = كما أعادها النموذج، وتعذّرت مقارنتها بالصورة السابقة.
said-alike-same = مطابق
said-alike-slight = مختلف قليلًا
said-alike-visible = مختلف بوضوح
said-alike-another = مرسوم من جديد
said-nothing = لا شيء
said-little = أقل من 0.1 ٪
said-shifted = إزاحة { $px } بكسل
said-larger = أكبر بنسبة { $percent } ٪
said-smaller = أصغر بنسبة { $percent } ٪
said-turned = تدوير { $degrees }°
said-cast = انحراف الألوان { $levels }
said-sent-as = أُرسلت بأبعاد { $size }

## What the layers below say: the coach

said-look = عن هذه الصورة ({ $size }): { $what }.
said-look-blurred = هي غير واضحة كلها، والتفاصيل الدقيقة في النتيجة ستكون مبتكرة
said-look-dark = هي داكنة، وقد تظهر الظلال محبّبة: يفيد البدء بـ «make it brighter»
said-look-bright = هي ساطعة جدًا، وما احترق من الضوء لا يُستعاد
said-look-small = هي صغيرة، ولن تحمل النتيجة تفاصيل أكثر
said-no-image = تتحدث عن الصورة { $number } وهي غير موجودة: أضفها بالزر +، أو لا تذكرها.
said-needs-reference = «{ $words }» يحتاج إلى صورة مرجعية ولم تُرفق أي صورة: أضفها بالزر +.
said-which-picture = قل أي صورة تقصد بـ «{ $words }».
said-attached = الحد الأقصى للصور المرجعية في { $title } هو { $most }، والمرفق { $count }.
said-not-from-words = لا تستطيع { $title } صنع صورة من الكلمات وحدها: ضع صورة، أو اختر خدمة أخرى.
said-not-told = لا تُبلَّغ { $title } بالمنطقة. ما خارجها يُعاد كما هو تمامًا، لكن قل بالكلمات أين يكون التغيير.
said-opposites = «{ $one }» و«{ $other }» يلغي أحدهما الآخر. قل لأي جزء كل منهما، أو احتفظ بواحد.
said-region-drawn = رُسمت منطقة وأنت تقول «{ $words }»: لن يتغير إلا ما بداخلها.
said-vague-say = «{ $word }» قد يعني أشياء كثيرة: كن أدق ({ $hint }).
said-vague = «{ $word }» قد يعني أشياء كثيرة. قل ما تريد أن تراه:
said-left-out = سيُترك «{ $words }». { $why }
said-would-have = ما كانت { $title } ستفعله: { $done }.
said-subject-small = ما يبرز يشغل أقل من 2 ٪ من الصورة. إن كان هو المقصود بـ «{ $word }» فحدّده بـ «المنطقة» أو اقتطع أقرب أولًا.

## What the layers below say: quick next steps

said-chip-stronger = أقوى
said-chip-weaker = أخف
said-chip-background = الخلفية فقط
said-chip-warmer = اجعلها أدفأ
said-chip-keep = أبقِ كل شيء آخر كما هو

## The region

region-hint = مستطيل بالنسبة المئوية من الصورة. ما خارجه يبقى مطابقًا تمامًا.
region-from-left = من اليسار
region-from-top = من الأعلى
region-width = العرض
region-height = الارتفاع
region-ask = ما الذي ينبغي أن يتغير هناك؟
region-title = منطقة من v{ $number } في «{ $title }»
region-heading = غيّر جزءًا فقط من v{ $number }
region-name = منطقة من v{ $number }
region-tool = الأداة
region-brush-title = الفرشاة (B)
region-brush = الفرشاة
region-eraser-title = الممحاة (E)
region-eraser = الممحاة
region-rectangle-title = المستطيل (Q): اسحب، أو انقر زاويتين
region-rectangle = المستطيل
region-lasso-title = الحبل (L): ارسم حوله، أو انقر زاوية بعد زاوية
region-lasso = الحبل
region-smart-title = التحديد الذكي (S): انقره أو مرّر فوقه تقريبًا
region-smart = التحديد الذكي
region-move-title = حرّك الصورة (H)
region-move = حرّك الصورة
region-undo-title = تراجع عن الخط (Ctrl Z)
region-undo = تراجع عن الخط
region-redo-title = أعد الخط (Ctrl Shift Z)
region-redo = أعد الخط
region-clear-title = مسح
region-clear = امسح المنطقة
region-more-for = المزيد عن المنطقة
region-more = المزيد
region-percent = مستطيل بالنسبة المئوية
region-left = اليسار
region-top = الأعلى
region-add = أضف المستطيل
region-import = استورد ملف PNG
region-export = صدّر بصيغة PNG
region-colours = الأبيض يجوز أن يتغير، والأسود يبقى، والرمادي هو الحافة الناعمة.
region-done = تم
region-canvas = المنطقة. مفاتيح الأسهم تحرّك العلامة، ومفتاح المسافة يرسم هناك.
region-size = الحجم
region-soft = حافة ناعمة
region-except = كل شيء عدا المنطقة
region-zoom = التكبير
region-out-title = تصغير (−)
region-out = تصغير
region-fit-title = ملاءمة (0)
region-in-title = تكبير (+)
region-in = تكبير
region-fit = لاءم الصورة
region-undone = تم التراجع
region-again = أُعيد
region-cleared = مُسحت
region-empty = حدّد ما يجوز أن يتغير. لم يُحدَّد شيء بعد.
region-drawn = المنطقة: { $share } من الصورة. البكسلات خارجها تبقى مطابقة تمامًا.
region-corner = وُضعت الزاوية الأولى. الآن الزاوية المقابلة.
region-corners = { $count ->
     [zero] لا زوايا. ‏Enter أو نقرة على الأولى للإغلاق.
     [one] زاوية واحدة. ‏Enter أو نقرة على الأولى للإغلاق.
     [two] زاويتان. ‏Enter أو نقرة على الأولى للإغلاق.
     [few] { $count } زوايا. ‏Enter أو نقرة على الأولى للإغلاق.
     [many] { $count } زاوية. ‏Enter أو نقرة على الأولى للإغلاق.
    *[other] { $count } زاوية. ‏Enter أو نقرة على الأولى للإغلاق.
  }
region-looking = جارٍ البحث…
region-selected = تم التحديد
region-added = أُضيف المستطيل
region-imported = تم الاستيراد
region-not-sent = تعذّر إرسال المنطقة بعد، وستُرسل مع كلماتك.
region-no-picture = لا يمكن قراءة هذا الملف كصورة.
region-little = أقل من 0.1 ٪
region-chip = المنطقة: { $share } من الصورة
region-idle = رُسمت المنطقة على أبعاد أخرى وتُركت جانبًا
region-edit = تعديل
region-remove = إزالة
region-remove-it = أزل المنطقة
region-removed = أُزيلت المنطقة
region-not-back = تعذّرت استعادة المنطقة.
region-kept = تعذّر الوصول إلى الخادم. كلماتك والمنطقة محفوظة.

## Comparing

compare-title = v{ $before } وv{ $after } من «{ $title }»
compare-name = مقارنة v{ $before } مع v{ $after }
compare-first = الأولى
compare-swap-title = بدّل (X)
compare-swap = بدّل بين الاثنتين
compare-second = الثانية
compare-go = قارن
compare-how = طريقة المقارنة
compare-slider = شريط
compare-side = جنبًا إلى جنب
compare-hold = اضغط باستمرار
compare-difference = الفرق
compare-close-title = إغلاق (Esc)
compare-close = إغلاق
compare-much = كم يظهر من v{ $before }
compare-hold-words = { $shown }. اضغط باستمرار لرؤية { $other }.
compare-comparing = جارٍ المقارنة…
compare-differs = ما يختلف، بالأحمر
compare-none = لا يختلف أي بكسل.
compare-share = { $share } من البكسلات مختلفة؛ بالأحمر، وكلما زاد الفرق زاد السطوع.
compare-little = أقل من 0.1 ٪
compare-sizes = v{ $before } بأبعاد { $size }، وv{ $after } بأبعاد { $other }: معروضتان بحجم واحد.

## The tree

tree-title = نسخ «{ $title }»
tree-all = كل النسخ
tree-squash = { $count ->
     [zero] طبّق التعليمات على الأصل
     [one] طبّق هذه التعليمة على الأصل
     [two] طبّق هاتين التعليمتين على الأصل دفعة واحدة
     [few] طبّق هذه التعليمات الـ{ $count } على الأصل دفعة واحدة
     [many] طبّق هذه التعليمات الـ{ $count } على الأصل دفعة واحدة
    *[other] طبّق هذه التعليمات الـ{ $count } على الأصل دفعة واحدة
  }
tree-starred = مميّزة بنجمة
tree-from = من v{ $number }:

## The coach

coach-name = المدرّب
coach-look = انظر في الكلمات
coach-empty = اكتب ما الذي ينبغي أن يتغير، وما يمكن أن يكون أوضح يظهر هنا.
coach-fine = لا شيء يحتاج إلى إصلاح في هذه الكلمات.
coach-put-in = أدرِجها
coach-would = كانت النتيجة ستكون: { $done }.

## Presets

presets-title = القوالب
presets-back = عودة إلى الجلسة
presets-start = ابدأ من قالب جاهز
presets-hint = يملأ القالب حقل النص ولا يُرسل شيئًا. ما بين [قوسين] تملؤه أنت.
presets-delete = احذف القالب «{ $name }»
presets-library = المكتبة
presets-save-own = احفظ قالبًا خاصًا بك
presets-name = الاسم
presets-text = النص
presets-example = Put [what] on the table
presets-pictures = الصور التي يحتاجها، مفصولة بفواصل
presets-pictures-example = نقشك، شعارك
presets-shape = أبعاد النتيجة
presets-move = التصدير والاستيراد
presets-choose = اختر ملفًا للاستيراد
presets-paste = أو ألصق ملفًا مُصدَّرًا
presets-import = استيراد
presets-team = قوالب فريقك
presets-yours = قوالبك
presets-save = احفظ
presets-save-team = احفظ للفريق
presets-export = صدّر قوالبك (JSON)
presets-export-team = صدّر قوالب الفريق (JSON)
presets-there = النص جاهز.
presets-blank = النص جاهز، و«{ $blank }» محدَّد.
presets-missing = ما زال ناقصًا: { $pictures }. أضفه بالزر +.
presets-numbered = { $name } (الصورة { $number })
presets-needs = يحتاج { $pictures }
list-comma = {"، "}

## Sharing

share-title = شارك «{ $title }»
share-name = مشاركة
share-link = الرابط
share-copy = نسخ
share-whoever = من لديه الرابط
share-can-view = يستطيع المشاهدة
share-view-hint = يرى كل شيء مباشرة ولا يغيّر شيئًا
share-can-edit = يستطيع التعديل
share-edit-hint = يطلب تعديلات ويضيف صورًا وينزّل
share-works = مدة صلاحيته
share-1 = يوم واحد
share-7 = 7 أيام
share-30 = 30 يومًا
share-ever = دائمًا حتى الإلغاء
share-create = أنشئ رابطًا
share-links = روابط هذه الجلسة
share-revoke = إلغاء
share-here = هذا هو الرابط.
share-until = حتى
share-until-revoked = حتى تلغيه
share-only-now = يظهر الآن فقط: انسخه.
share-allows-view = للمشاهدة
share-allows-edit = للتعديل
share-revoked = مُلغى
share-expired = منتهي الصلاحية
share-made = أُنشئ
share-ends = ينتهي
share-never = لا ينتهي
share-used = استُخدم { $times }، آخرها
share-unused = لم يُستخدم بعد

## All pictures

gallery-title = كل الصور
gallery-search-in = ابحث في العناوين والتعليمات
gallery-titles = العناوين والتعليمات
gallery-search = بحث
gallery-filter = تصفية
gallery-by = طلبها
gallery-anybody = أي شخص
gallery-made = صنعتها
gallery-anything = أي خدمة
gallery-from = من (UTC)
gallery-until = إلى
gallery-starred = المميّزة بنجمة فقط
gallery-nothing = لم يُعثر على شيء.
gallery-fewer = جرّب كلمات أقل أو أخرى. يمكن أن تكون الكلمة الأخيرة بداية كلمة.
gallery-show-all = أظهر كل الصور
gallery-none = لا توجد صور بعد.
gallery-will-be = ستظهر هنا كل نسخ جلساتك.
gallery-begin = ابدأ بصورة
gallery-tick = حدّد صورًا لتنزيلها أو حذفها أو إعادة استخدامها.
gallery-newest-first = الصور، الأحدث أولًا
gallery-star = مميّزة بنجمة
gallery-choose = اختر v{ $number } من «{ $title }»
gallery-with = بالصور المحدّدة
gallery-download = تنزيل (zip)
gallery-target = الجلسة التي ستحصل عليها
gallery-use = استخدمها هناك صورةً مرجعية
gallery-delete = احذف جلساتها…
gallery-pages = الصفحات
gallery-newest = إلى الأحدث
gallery-older = صور أقدم
gallery-alt-came = { $title }، كما جاءت
gallery-came = كما جاءت
gallery-versions = { $count ->
     [zero] بلا نسخ
     [one] نسخة واحدة
     [two] نسختان
     [few] { $count } نسخ
     [many] { $count } نسخة
    *[other] { $count } نسخة
  }
gallery-not-yours = ليس لك حذف هذه
gallery-not-yours-words = الصور المحدّدة من جلسات شاركها آخرون معك، ولا يحذفها إلا أصحابها.
gallery-back = عودة إلى الصور
gallery-whole = تُحذف الصور مع جلستها كاملة: كل نسخها ومحادثتها. يمكن استعادتها من صفحة البداية خلال 30 يومًا.
gallery-keep = أبقِ كل شيء
gallery-sure = حذف الجلسات؟
gallery-delete-these = { $count ->
     [zero] حذف الجلسات؟
     [one] حذف هذه الجلسة؟
     [two] حذف هاتين الجلستين؟
     [few] حذف هذه الجلسات الـ{ $count }؟
     [many] حذف هذه الجلسات الـ{ $count }؟
    *[other] حذف هذه الجلسات الـ{ $count }؟
  }
gallery-kept = ليست لك وتبقى:

## Where a picture comes from

verify-heading = من أين جاءت هذه الصورة؟
verify-hint = تنظر هذه الصفحة هل صُنعت صورة على هذا الخادم أو عُدّلت أو حُفظت فيه. ما ترسله يُفحص ولا يُحتفظ به.
verify-answer = الجواب
verify-stored = الصورة المحفوظة
verify-open = افتحها
verify-looked = ما بُحث عنه
verify-credentials = ما تقوله شهاداتها
verify-drop = ، أو أفلِتها هنا أو ألصقها
verify-picture = صورة
verify-look = افحص
verify-kinds = ‏JPEG أو PNG أو WebP أو GIF، حتى { $most } ميغابايت.
verify-root = الشهادة الجذرية
verify-title = من أين جاءت؟
verify-frame = الإطار هو ما تُظهره صورتك منها.
verify-dashed = الإطار المتقطع هو موضع اختلافهما.
verify-wrong = هناك خلل
verify-found = وُجد
verify-not-found = لم يوجد
verify-proves = يثبت:
verify-proves-not = لا يثبت:
verify-another = اسأل عن صورة أخرى
verify-nothing = عدم العثور على شيء لا يثبت شيئًا: قد تُمحى العلامة وتضيع الشهادات بسهولة. لا يستطيع أحد أن يعرف من الصورة وحدها أن آلة لم تصنعها. الشهادة التي يوقّع بها هذا الخادم:
origin-asked = طلبها
origin-done = نفّذها
origin-deeds = ما الذي فُعل
origin-ai = الذكاء الاصطناعي التوليدي
origin-mark = العلامة غير المرئية
origin-from = صُنعت من
origin-came = الشهادات التي جاءت معها
origin-evidence = الدليل (JSON)
origin-copy = انسخ كدليل
origin-ai-yes = نعم: صنع نموذج بكسلات منها، وشهاداتها تقول ذلك.
origin-ai-no = ليس في هذه الخطوة، بقدر ما نفّذها هذا الخادم.
origin-marked = في كل نسخة تخرج.
origin-unmarked = لا توجد: لم يعدّلها أحد هنا، أو لم تخرج بعد.

## What the layers below say: where a picture comes from

said-here-broken = هذه من هنا وتغيّرت بعد ذلك: لم تعد شهاداتها تطابقها.
said-here-made = صُنعت هذه الصورة أو عُدّلت هنا.
said-here = هذه الصورة من هنا.
said-foreign = تقول هذه الصورة من أين جاءت، وليست من هنا.
said-alike = تشبه هذه صورة من هنا. لا شيء فيها يثبت أنها من هنا.
said-no-sign = لا أثر لهذا الخادم. هذا لا يقول شيئًا عن كيفية صنع الصورة.
said-deed-words = صنعها نموذج توليدي من الكلمات
said-deed-generated = عدّلها نموذج توليدي
said-deed-restyled = أعادت رسمها شبكة صغيرة مدرَّبة
said-deed-enlarged = كبّرتها شبكة صغيرة مدرَّبة
said-deed-adjusted = عُدّل الضوء واللون
said-deed-filtered = مُرشَّحة
said-deed-cropped = مقصوصة
said-deed-turned = مُدارة أو معكوسة
said-deed-resized = غُيّر حجمها
said-deed-composed = نُقلت أجزاء أو أُزيلت أو أُضيفت، دون توليد
said-begun-canvas = بدأت هنا لوحةً فارغة
said-put-in = وضعها شخص هنا
said-made-words = صُنعت هنا من الكلمات
said-edited-here = عُدّلت هنا
said-not-laid = تعذّرت مطابقتها بالصورة المحفوظة: المشترك بينهما قليل جدًا.
said-shows-part = مقصوصة: تُظهر { $share } من الصورة المحفوظة.
said-shows-whole = تُظهر الصورة المحفوظة كاملة.
said-changed-part = تغيّرت داخل الجزء المحدّد ({ $percent } ٪ منه).
said-changed-light = تغيّر ضوء الصورة كلها أو لونها.
said-changed-nothing = لم يتغير فيها شيء يمكن رؤيته.
said-exact = الملف نفسه
said-exact-unknown = لا هذا الملف ولا بكسلاته نفسها معروفة هنا.
said-exact-file = هذا الملف نفسه معروف هنا، بتًّا ببت.
said-exact-pixels = هذه البكسلات نفسها معروفة هنا، في ملف كُتب من جديد.
said-exact-proves = أن هذه الصورة نفسها كانت هنا.
said-exact-other = الملف الذي حُفظ من جديد أو أُرسل عبر تطبيق مراسلة له بايتات أخرى.
said-exact-not = من يملكها الآن، أو ممن حصل عليها.
said-credentials = شهادات المحتوى (Content Credentials)
said-credentials-none = لا يحمل الملف أيًّا منها.
said-credentials-lost = معظم البرامج والخدمات تحذفها عند حفظ الصورة.
said-credentials-unreadable = توجد شهادات ولا يمكن قراءتها: { $why }.
said-credentials-unread-not = من أين جاءت: ما لا يُقرأ لا يثبت شيئًا.
said-signed-here = موقّعة من هنا، ولم يتغير فيها بت واحد منذ ذلك.
said-signed-here-proves = التاريخ أدناه، بقدر ما صُنع هنا.
said-signed-here-not = ما فعله آخرون قبل أن تصل إلى هنا: لذلك تقف كل إفادة أدناه وحدها.
said-signed-broken = موقّعة من «{ $signer }»، لكن الصورة تغيّرت بعد ذلك أو التوقيع غير صحيح ({ $why }).
said-signed-broken-proves = أن الملف لم يعد هو الذي وُقّع.
said-signed-broken-not = شيئًا مما تقوله الإفادة عن هذه الصورة.
said-signed-stranger = موقّعة من «{ $signer }» ولم تتغير منذ ذلك. هذا الموقّع غير معروف هنا.
said-signed-stranger-proves = أن صاحب هذا المفتاح قال ذلك، وأن شيئًا لم يتغير بعده.
said-signed-stranger-not = من هو: يستطيع أي شخص وضع أي اسم على شهادة يصنعها.
said-strange = { $count } من الصور التي صُنعت منها كانت شهاداتها غير سليمة عند استخدامها: انظر أدناه.
said-more = هناك أكثر مما يُعرض.
said-mark = العلامة غير المرئية
said-mark-found = العلامة غير المرئية لهذا الخادم موجودة في البكسلات (درجة اليقين { $z } من 21؛ تُقرأ ابتداءً من 12.5، أو من نحو 9 بين العلامات المعروفة).
said-mark-proves = أن الصورة أو جزءًا كبيرًا منها صُنع أو عُدّل هنا وخرج معلَّمًا.
said-mark-not = أن شيئًا لم يتغير بعدها ولا من فعل ذلك: العلامة تبقى بعد التعديل ويمكن نسخها إلى صورة أخرى. قارنها بالصورة المحفوظة.
said-mark-gone = العلامة غير المرئية لهذا الخادم موجودة في البكسلات، لكن الصورة التي تشير إليها لم تعد محفوظة.
said-mark-gone-proves = أنها صُنعت أو عُدّلت هنا.
said-mark-gone-not = كيف كانت تبدو: لم يبقَ شيء للمقارنة به.
said-mark-slow = استغرق البحث عن علامة وقتًا طويلًا فتوقّف. قد تنجح نسخة أصغر.
said-mark-slow-not = لذلك لا يُعرف شيء عن وجود علامة.
said-mark-none = لم يُعثر على علامة غير مرئية لهذا الخادم.
said-mark-none-not = النسخ الصغيرة والتعديلات القوية والصور التي لم يعدّلها أحد لا علامة فيها، فقد تكون مع ذلك من هنا.
said-looks = كيف تبدو
said-looks-same = تبدو مطابقة لصورة من هنا.
said-looks-much = تشبه كثيرًا صورة من هنا.
said-looks-no = لا تشبه أي صورة من هنا يحق لك معرفتها، عدا المذكورة أعلاه.
said-looks-not = من أين جاءت: نسختان من صورة واحدة تبدوان متطابقتين أيًّا كان صانعهما.
said-looks-other = المقصوصة والمعدّلة بقوة تبدو مختلفة.
said-line-here = موقّعة من هنا
said-line-unknown = موقّعة من «{ $signer }»، وهو غير معروف هنا
said-line-broken = موقّعة من «{ $signer }»، غير سليمة: { $why }
said-line-bare = بلا شهادات
said-role-edited = معدّلة من
said-role-with = صُنعت مع
said-role-part = مع جزء من
said-a-picture = صورة
said-role-just = مع
said-role-words = صُنعت من الكلمات، على
said-came-own = جاءت بشهاداتها الخاصة
said-signed = موقّعة
said-signed-later = تُوقَّع عند خروجها أول مرة
said-asked-by = «{ $words }»، بطلب من { $name }

## What the layers below say: the library of presets

said-preset-social = منشور بخلفية أخرى
said-preset-white = منتج على خلفية بيضاء
said-preset-mock-up = نموذج بنقشي
said-preset-staging = تأثيث افتراضي
said-preset-thumbnail = صورة مصغّرة مع نص
said-preset-portrait = تحسين صورة شخصية
said-preset-old = ترميم صورة قديمة
said-preset-season = نسخة موسمية
said-preset-pattern = نقشك

## Points to speak of

pins-tool = النقاط
pins-tool-title = ضع نقاطًا مرقّمة لتتحدث عنها (P)
pins-on = النقاط على v{ $number }
pins-title = النقاط على v{ $number } من «{ $title }»
pins-help = انقر الصورة لوضع نقطة، ثم سمِّها برقمها: «make 1 red, remove 2».
pins-view = النقاط. مفاتيح الأسهم تحرّك العلامة، ومفتاح المسافة يضع نقطة هناك.
pins-clear = امسح
pins-done = تم
pins-left = اليسار
pins-top = الأعلى
pins-left-of = النقطة { $number }، النسبة المئوية من اليسار
pins-top-of = النقطة { $number }، النسبة المئوية من الأعلى
pins-remove-one = أزِل النقطة { $number }
pins-most = يمكن وضع { $most } نقاط على الأكثر.
pins-set = وُضعت النقطة { $number }
pins-removed = أُزيلت النقاط
pins-remove-all = أزِل النقاط
pins-edit = عدّل
pins-remove = أزِل
pins-there = وُضعت نقاط على الصورة
pins-chip = { $count ->
     [zero] لا نقاط: قل «make 1 red»
     [one] نقطة واحدة: قل «make 1 red»
     [two] نقطتان: قل «make 1 red»
     [few] { $count } نقاط: قل «make 1 red»
     [many] { $count } نقطة: قل «make 1 red»
    *[other] { $count } نقطة: قل «make 1 red»
  }
pins-idle = { $count ->
     [zero] لا نقاط على هذه النسخة
     [one] نقطة واحدة وُضعت على نسخة أخرى وتُركت جانبًا
     [two] نقطتان وُضعتا على نسخة أخرى وتُركتا جانبًا
     [few] { $count } نقاط وُضعت على نسخة أخرى وتُركت جانبًا
     [many] { $count } نقطة وُضعت على نسخة أخرى وتُركت جانبًا
    *[other] { $count } نقطة وُضعت على نسخة أخرى وتُركت جانبًا
  }
pins-card = { $count ->
     [zero] لا نقاط
     [one] نقطة واحدة
     [two] نقطتان
     [few] { $count } نقاط
     [many] { $count } نقطة
    *[other] { $count } نقطة
  }
pins-intro = حدّد مواضع النقاط كنسبة مئوية من الصورة، وتحدّث عنها بأرقامها. اترك ما لا تحتاجه فارغًا.
pins-point = النقطة { $number }
pins-from-left = من اليسار
pins-from-top = من الأعلى
pins-example = Make 1 red, remove 2
pins-send = أرسل

## What people say about a version

comments-on = التعليقات على v{ $number }
comments-title = التعليقات على v{ $number } من «{ $title }»
comments-after = { $count ->
     [few] تعليقات على v{ $number }
     [many] تعليقًا على v{ $number }
    *[other] تعليق على v{ $number }
  }
comments-close = أغلق
comments-yours = تعليقك على v{ $number }
comments-something = قل شيئًا عن v{ $number }
comments-send = علّق
comments-none = لم يقل أحد شيئًا عن هذه النسخة بعد.
comments-delete = احذف تعليق { $name }
comments-said = علّق { $name } على v{ $number }
comments-back = العودة إلى v{ $number }
comments-added = أُضيف التعليق
comments-deleted = حُذف التعليق

## What the layers below say: comments, and the nets of the built-in engine

said-comment-empty = اكتب شيئًا أولًا.
said-comment-long = لا يزيد التعليق على 1000 حرف؛ وفي هذا { $count }.
said-comments-full = تتسع النسخة لـ { $most } تعليق. احذف واحدًا أولًا.
said-engine-title = المحرك المدمج
said-nets-without = يواصل المحرك المدمج العمل من دون بعض شبكاته.
said-nets-going = يجري جلب الشبكات الصغيرة للمحرك المدمج: { $here } من { $all } · بقي { $megabytes } م.ب
