%% @doc Primitives of `Time': the system's clock.
-module(beamtalk_time).

-export(['class nowS'/1, 'class nowMs'/1, 'class nowUs'/1]).

-spec 'class nowS'(term()) -> integer().
'class nowS'(_) -> erlang:system_time(second).

-spec 'class nowMs'(term()) -> integer().
'class nowMs'(_) -> erlang:system_time(millisecond).

-spec 'class nowUs'(term()) -> integer().
'class nowUs'(_) -> erlang:system_time(microsecond).
