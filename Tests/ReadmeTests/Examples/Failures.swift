import CodCore

/// Compiled, and run by `ExampleTests` with a plan that cannot be retrieved.
func handleFailures(_ pipeline: Pipeline, _ plan: RetrievalPlan) async throws {
    // begin
    do {
        let report = try await pipeline.run(plan)
        for failure in report.failures {
            print(failure.study ?? "", failure.code, failure.message, failure.recovery ?? "")
        }
        if report.isComplete { print("All that was asked for is saved.") }
    } catch CodError.Code.unauthorized {
        print("The token is missing, wrong or expired. Sign in, and run the same again.")
    } catch let error as CodError where error.isCancellation {
        print("Stopped. What is saved stays.")
    }
    // end
}
