%% @doc The instance of a `TestCase' while its methods run. Values are immutable, yet a test may
%% assign its fields: the current instance is in the process dictionary under `$bt_fixture'.
-module(beamtalk_fixture).

-export([enter/2, current/1, field/2, set_field/3]).

%% Runs a method's body with Self as the current instance. A method that the current instance
%% calls on itself works on the same one, and its changes are seen by the caller.
-spec enter(map(), fun(() -> Result)) -> Result.
enter(#{'__class__' := _} = Self, Fun) ->
    case get('$bt_fixture') of
        Self -> Fun();
        Outer -> entered(Self, Fun, Outer)
    end.

entered(Self, Fun, Outer) ->
    put('$bt_fixture', Self),
    try
        Fun()
    after
        restore(Outer)
    end.

restore(undefined) -> erase('$bt_fixture');
restore(Outer) -> put('$bt_fixture', Outer).

%% The instance as it is now, for a receiver that may be an older copy of it.
-spec current(map()) -> map().
current(#{'__class__' := Module} = Self) ->
    case get('$bt_fixture') of
        #{'__class__' := Module} = Fixture -> Fixture;
        _ -> Self
    end.

-spec field(map(), atom()) -> term().
field(Self, Field) -> maps:get(Field, current(Self)).

-spec set_field(map(), atom(), term()) -> term().
set_field(Self, Field, Value) ->
    put('$bt_fixture', (current(Self))#{Field => Value}),
    Value.
