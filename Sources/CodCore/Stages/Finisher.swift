/// Works on a study when all its series have ended: below a sink, and below other finishers.
///
/// `run` gets every instance of the study that was asked for and is saved, those of earlier runs included, and the failures;
/// ``SavedStudy/isComplete`` tells whether anything is missing. What it makes it adds to ``SavedStudy/artifacts``.
public protocol Finisher: Stage where Input == SavedStudy, Output == SavedStudy {}
