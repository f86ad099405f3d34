%% @doc Primitives of `AtomicCounter': entries of one table, counted by `ets:update_counter/3'.
-module(beamtalk_atomic_counter).

-export(['class new:'/2, 'class named:'/2, 'incrementBy:'/2, value/1, reset/1, delete/1, printString/1]).

-type counter() :: #{'__class__' := module(), name := atom()}.

-spec 'class new:'(term(), term()) -> counter().
'class new:'(_, Name) ->
    Symbol = beamtalk_check:symbol(Name, 'AtomicCounter', 'new:'),
    case ets:insert_new(table(), {Symbol, 0}) of
        true ->
            object(Symbol);
        false ->
            Message = ["AtomicCounter>>new: there is a counter called ", beamtalk_print:print_string(Name)],
            beamtalk_check:raise(already_exists, 'AtomicCounter', 'new:', Message)
    end.

-spec 'class named:'(term(), term()) -> counter().
'class named:'(_, Name) ->
    Symbol = beamtalk_check:symbol(Name, 'AtomicCounter', 'named:'),
    case ets:member(table(), Symbol) of
        true -> object(Symbol);
        false -> unknown(Symbol, 'named:')
    end.

object(Name) -> #{'__class__' => 'bt@stdlib@AtomicCounter', name => Name}.

table() -> beamtalk_table_owner:table(?MODULE, set).

-spec unknown(atom(), atom()) -> no_return().
unknown(Name, Selector) ->
    Shown = ["no counter is called ", beamtalk_print:print_string(Name)],
    beamtalk_check:not_found('AtomicCounter', Selector, Shown).

-spec 'incrementBy:'(counter(), term()) -> integer().
'incrementBy:'(#{name := Name}, Amount) ->
    N = beamtalk_check:integer(Amount, 'AtomicCounter', 'incrementBy:'),
    try ets:update_counter(table(), Name, N)
    catch error:badarg -> unknown(Name, 'incrementBy:')
    end.

-spec value(counter()) -> integer().
value(#{name := Name}) ->
    case ets:lookup(table(), Name) of
        [{_, Value}] -> Value;
        [] -> unknown(Name, value)
    end.

-spec reset(counter()) -> nil.
reset(#{name := Name}) ->
    case ets:update_element(table(), Name, {2, 0}) of
        true -> nil;
        false -> unknown(Name, reset)
    end.

-spec delete(counter()) -> nil.
delete(#{name := Name}) ->
    true = ets:delete(table(), Name),
    nil.

-spec printString(counter()) -> binary().
printString(#{name := Name}) -> <<"AtomicCounter(", (atom_to_binary(Name))/binary, ")">>.
