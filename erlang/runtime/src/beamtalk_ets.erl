%% @doc Primitives of `Ets': named public tables. An instance holds the table's name.
-module(beamtalk_ets).

-export(['class new:type:'/3, 'class named:'/2, 'class exists:'/2, 'class newOrExisting:type:'/3]).
-export(['at:put:'/3, 'at:ifAbsent:'/3, 'includesKey:'/2, 'removeKey:'/2, keys/1, size/1]).
-export([delete/1, printString/1]).

-compile({no_auto_import, [size/1]}).

-type table() :: #{'__class__' := module(), table := atom()}.

-spec 'class new:type:'(term(), term(), term()) -> table().
'class new:type:'(_, Name, Type) ->
    Table = beamtalk_check:symbol(Name, 'Ets', 'new:type:'),
    case beamtalk_table_owner:new(Table, type(Type, 'new:type:')) of
        ok ->
            object(Table);
        error ->
            Message = ["Ets>>new:type: there is a table called ", beamtalk_print:print_string(Name)],
            beamtalk_check:raise(already_exists, 'Ets', 'new:type:', Message)
    end.

object(Name) -> #{'__class__' => 'bt@stdlib@Ets', table => Name}.

type(set, _) -> set;
type(orderedSet, _) -> ordered_set;
type(ordered_set, _) -> ordered_set;
type(bag, _) -> bag;
type(duplicateBag, _) -> duplicate_bag;
type(duplicate_bag, _) -> duplicate_bag;
type(_, Selector) ->
    What = <<"expects #set, #orderedSet, #bag or #duplicateBag">>,
    beamtalk_check:invalid('Ets', Selector, What, nil).

-spec 'class named:'(term(), term()) -> table().
'class named:'(_, Name) ->
    Table = beamtalk_check:symbol(Name, 'Ets', 'named:'),
    case ets:whereis(Table) of
        undefined ->
            Shown = ["no table is called ", beamtalk_print:print_string(Name)],
            beamtalk_check:not_found('Ets', 'named:', Shown);
        _ ->
            object(Table)
    end.

-spec 'class exists:'(term(), term()) -> boolean().
'class exists:'(_, Name) ->
    ets:whereis(beamtalk_check:symbol(Name, 'Ets', 'exists:')) =/= undefined.

-spec 'class newOrExisting:type:'(term(), term(), term()) -> table().
'class newOrExisting:type:'(_, Name, Type) ->
    Table = beamtalk_check:symbol(Name, 'Ets', 'newOrExisting:type:'),
    object(beamtalk_table_owner:new_or_existing(Table, type(Type, 'newOrExisting:type:'))).

%% A deleted table has no entries to answer.
guarded(#{table := Table}, Selector, Fun) ->
    case ets:whereis(Table) of
        undefined ->
            Shown = ["the table ", beamtalk_print:print_string(Table), " has been deleted"],
            beamtalk_check:not_found('Ets', Selector, Shown);
        _ ->
            Fun(Table)
    end.

-spec 'at:put:'(table(), term(), term()) -> table().
'at:put:'(Self, Key, Value) ->
    guarded(Self, 'at:put:', fun(Table) -> ets:insert(Table, {Key, Value}) end),
    Self.

-spec 'at:ifAbsent:'(table(), term(), term()) -> term().
'at:ifAbsent:'(Self, Key, Block) ->
    F = beamtalk_check:block(Block, 0, 'Ets', 'at:ifAbsent:'),
    guarded(Self, 'at:ifAbsent:', fun(Table) -> found(ets:lookup(Table, Key), Table, F) end).

found([], _, F) -> F();
found(Entries, Table, _) ->
    case ets:info(Table, type) of
        Type when Type =:= bag; Type =:= duplicate_bag -> [Value || {_, Value} <- Entries];
        _ -> element(2, hd(Entries))
    end.

-spec 'includesKey:'(table(), term()) -> boolean().
'includesKey:'(Self, Key) -> guarded(Self, 'includesKey:', fun(Table) -> ets:member(Table, Key) end).

-spec 'removeKey:'(table(), term()) -> table().
'removeKey:'(Self, Key) ->
    guarded(Self, 'removeKey:', fun(Table) -> ets:delete(Table, Key) end),
    Self.

-spec keys(table()) -> list().
keys(Self) ->
    guarded(Self, keys, fun(Table) -> lists:usort(ets:select(Table, [{{'$1', '_'}, [], ['$1']}])) end).

-spec size(table()) -> non_neg_integer().
size(Self) -> guarded(Self, size, fun(Table) -> ets:info(Table, size) end).

-spec delete(table()) -> nil.
delete(Self) ->
    guarded(Self, delete, fun ets:delete/1),
    nil.

-spec printString(table()) -> binary().
printString(#{table := Table}) -> <<"Ets(", (atom_to_binary(Table))/binary, ")">>.
